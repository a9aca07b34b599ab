use anchor_lang::prelude::*;
declare_id!("D1ffTest11111111111111111111111111111111111");
pub mod mathx;
#[program]
pub mod difftest {
    use super::*;
    /// every operation of mathx on four numbers; compared with the same code compiled for the host
    pub fn math(_ctx: Context<Nothing>, a: u64, b: u64, c: u64, d: u64) -> Result<Vec<u64>> {
        Ok(mathx::all(a, b, c, d))
    }
    /// things that must abort: 0 index, 1 overflow, 2 division by zero, 3 unwrap, 4 out of memory, 5 RefCell, 6 endless recursion
    pub fn boom(ctx: Context<Nothing>, how: u8, n: u64) -> Result<u64> {
        let v: Vec<u64> = vec![1, 2, 3];
        Ok(match how {
            0 => v[n as usize],
            1 => u64::MAX - 3 + n,
            2 => 10 / (n - 7),
            3 => v.get(n as usize).copied().expect("no such item"),
            4 => vec![1u8; n as usize * 100_000].len() as u64,
            5 => {
                let c = std::cell::RefCell::new(1);
                let _a = c.borrow_mut();
                let b = *c.borrow_mut();
                b + n
            }
            6 => deep(n),
            _ => ctx.remaining_accounts.len() as u64,
        })
    }
    pub fn zc_init(ctx: Context<ZcInit>) -> Result<()> {
        let mut z = ctx.accounts.zc.load_init()?;
        z.owner = ctx.accounts.payer.key();
        z.items[199] = 42;
        Ok(())
    }
    pub fn zc_set(ctx: Context<ZcSet>, i: u16, v: u64) -> Result<()> {
        let mut z = ctx.accounts.zc.load_mut()?;
        z.items[i as usize] = v;
        z.count += 1;
        let c = z.count;
        drop(z);
        emit_cpi!(Set { i, v, count: c });
        Ok(())
    }
    pub fn grow(ctx: Context<Grow>, s: String) -> Result<()> {
        ctx.accounts.note.text = s;
        ctx.accounts.note.tags.push(Tag::Named { id: 7, w: [1, 2, 3] });
        Ok(())
    }
}
#[inline(never)]
fn deep(n: u64) -> u64 {
    let a = std::hint::black_box([n; 8]);
    if n == u64::MAX {
        0
    } else {
        deep(n + 1).wrapping_add(a[(n & 7) as usize])
    }
}
#[derive(Accounts)]
pub struct Nothing {}
#[derive(Accounts)]
pub struct ZcInit<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(init, payer = payer, space = 8 + std::mem::size_of::<Zc>(), seeds = [b"zc"], bump)]
    pub zc: AccountLoader<'info, Zc>,
    pub system_program: Program<'info, System>,
}
#[event_cpi]
#[derive(Accounts)]
pub struct ZcSet<'info> {
    pub owner: Signer<'info>,
    #[account(mut, has_one = owner, seeds = [b"zc"], bump)]
    pub zc: AccountLoader<'info, Zc>,
}
#[derive(Accounts)]
#[instruction(s: String)]
pub struct Grow<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(init_if_needed, payer = payer, space = 8 + 4 + 600 + 4 + 400, seeds = [b"note", payer.key().as_ref()], bump, constraint = s.len() < 600 @ DErr::Long)]
    pub note: Account<'info, Note>,
    pub system_program: Program<'info, System>,
}
#[account(zero_copy)]
#[repr(C)]
pub struct Zc {
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
    Named { id: u32, w: [u16; 3] },
}
#[event]
pub struct Set {
    pub i: u16,
    pub v: u64,
    pub count: u64,
}
#[error_code]
pub enum DErr {
    Long,
}
