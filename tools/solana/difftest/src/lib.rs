//! A program that uses what the second compiler might get wrong. Its answers are compared with those of the same code
//! compiled for the host; it is never deployed.
use anchor_lang::prelude::*;

pub mod operations;

declare_id!("D1ffTest11111111111111111111111111111111111");

#[program]
pub mod difftest {
    use super::*;

    /// Every operation of `operations` on four numbers.
    pub fn compute(_ctx: Context<Nothing>, a: u64, b: u64, c: u64, d: u64) -> Result<Vec<u64>> {
        Ok(operations::all(a, b, c, d))
    }

    /// What must abort, for the right `n`: 0 index, 1 overflow, 2 division by zero, 3 expect, 4 out of memory, 5 a second
    /// borrow, 6 recursion without an end; 7 is how many accounts came with the call.
    pub fn abort(ctx: Context<Nothing>, how: u8, n: u64) -> Result<u64> {
        let list: Vec<u64> = vec![1, 2, 3];
        Ok(match how {
            0 => list[n as usize],
            1 => u64::MAX - 3 + n,
            2 => 10 / (n - 7),
            3 => list.get(n as usize).copied().expect("no such item"),
            4 => vec![1u8; n as usize * 100_000].len() as u64,
            5 => {
                let cell = std::cell::RefCell::new(1);
                let _first = cell.borrow_mut();
                let second = *cell.borrow_mut();
                second + n
            }
            6 => endless(n),
            _ => ctx.remaining_accounts.len() as u64,
        })
    }

    pub fn create_table(ctx: Context<CreateTable>) -> Result<()> {
        let mut table = ctx.accounts.table.load_init()?;
        table.owner = ctx.accounts.owner.key();
        table.items[199] = 42;
        Ok(())
    }

    pub fn set_item(ctx: Context<SetItem>, index: u16, value: u64) -> Result<()> {
        let mut table = ctx.accounts.table.load_mut()?;
        table.items[index as usize] = value;
        table.count += 1;
        let count = table.count;
        drop(table);
        emit_cpi!(ItemSet { index, value, count });
        Ok(())
    }

    pub fn write_note(ctx: Context<WriteNote>, text: String) -> Result<()> {
        let note = &mut ctx.accounts.note;
        note.text = text;
        note.tags.push(Tag::Named { id: 7, words: [1, 2, 3] });
        Ok(())
    }
}

#[inline(never)]
fn endless(n: u64) -> u64 {
    let block = std::hint::black_box([n; 8]);
    if n == u64::MAX {
        0
    } else {
        endless(n + 1).wrapping_add(block[(n & 7) as usize])
    }
}

#[derive(Accounts)]
pub struct Nothing {}

#[derive(Accounts)]
pub struct CreateTable<'info> {
    #[account(mut)]
    pub owner: Signer<'info>,
    #[account(init, payer = owner, space = 8 + std::mem::size_of::<Table>(), seeds = [b"table"], bump)]
    pub table: AccountLoader<'info, Table>,
    pub system_program: Program<'info, System>,
}

#[event_cpi]
#[derive(Accounts)]
pub struct SetItem<'info> {
    pub owner: Signer<'info>,
    #[account(mut, has_one = owner, seeds = [b"table"], bump)]
    pub table: AccountLoader<'info, Table>,
}

#[derive(Accounts)]
#[instruction(text: String)]
pub struct WriteNote<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(
        init_if_needed,
        payer = payer,
        space = 8 + 4 + 600 + 4 + 400,
        seeds = [b"note", payer.key().as_ref()],
        bump,
        constraint = text.len() < 600 @ DifftestError::TooLong
    )]
    pub note: Account<'info, Note>,
    pub system_program: Program<'info, System>,
}

#[account(zero_copy)]
#[repr(C)]
pub struct Table {
    pub owner: Pubkey,
    pub count: u64,
    pub items: [u64; 200],
}

#[account]
pub struct Note {
    pub text: String,
    pub tags: Vec<Tag>,
}

#[derive(AnchorSerialize, AnchorDeserialize, Clone)]
pub enum Tag {
    None,
    Named { id: u32, words: [u16; 3] },
}

#[event]
pub struct ItemSet {
    pub index: u16,
    pub value: u64,
    pub count: u64,
}

#[error_code]
pub enum DifftestError {
    #[msg("a note has fewer than 600 bytes")]
    TooLong,
}
