//! What Anchor's account constraints do, for a program that has several addresses.
use crate::state::Layout;
use crate::wire::*;
use anchor_lang::prelude::*;
use anchor_lang::solana_program::entrypoint::ProgramResult;
use anchor_lang::solana_program::instruction::{AccountMeta, Instruction};
use anchor_lang::solana_program::program::{get_return_data, invoke_signed, set_return_data};
use anchor_lang::solana_program::system_instruction;

pub type Res<T> = std::result::Result<T, ProgramError>;

impl<'a> Call<'a, '_> {
    pub fn account(&self, index: usize) -> Res<&'a AccountInfo<'a>> {
        self.accounts.get(index).ok_or(fail(NOT_ENOUGH_ACCOUNTS))
    }

    pub fn rest(&self, from: usize) -> Res<&'a [AccountInfo<'a>]> {
        self.accounts.get(from..).ok_or(fail(NOT_ENOUGH_ACCOUNTS))
    }

    pub fn signer(&self, index: usize) -> Res<&'a AccountInfo<'a>> {
        let info = self.account(index)?;
        check(info.is_signer, ACCOUNT_NOT_SIGNER)?;
        Ok(info)
    }

    pub fn arguments<T: AnchorDeserialize>(&self) -> Res<T> {
        T::deserialize(&mut &self.args[..]).map_err(|_| fail(ARGUMENTS))
    }

    /// An account of this program's, of this type and at this address.
    pub fn load<T: Layout>(&self, index: usize, seeds: &[&[u8]]) -> Res<T> {
        let info = self.account(index)?;
        let value = read::<T>(info, self.program)?;
        let (address, _) = Pubkey::find_program_address(seeds, self.program);
        check(*info.key == address, CONSTRAINT_SEEDS)?;
        Ok(value)
    }

    pub fn load_mut<T: Layout>(&self, index: usize, seeds: &[&[u8]]) -> Res<T> {
        let value = self.load(index, seeds)?;
        check(self.account(index)?.is_writable, CONSTRAINT_MUT)?;
        Ok(value)
    }

    pub fn store<T: Layout>(&self, index: usize, value: &T) -> ProgramResult {
        write(self.account(index)?, value)
    }

    /// Creates an account of this program's; `make` gets its bump.
    pub fn create<T: Layout>(
        &self,
        payer: usize,
        index: usize,
        seeds: &[&[u8]],
        make: impl FnOnce(u8) -> T,
    ) -> ProgramResult {
        let (payer, info) = (self.signer(payer)?, self.account(index)?);
        let (address, bump) = Pubkey::find_program_address(seeds, self.program);
        check(*info.key == address, CONSTRAINT_SEEDS)?;
        let rent = Rent::get()?.minimum_balance(T::SIZE);
        let create = system_instruction::create_account(payer.key, info.key, rent, T::SIZE as u64, self.program);
        let bump_seed = [bump];
        let signer = [seeds, &[&bump_seed]].concat();
        invoke_signed(&create, &[payer.clone(), info.clone()], &[&signer])?;
        write(info, &make(bump))
    }

    /// An event as an inner instruction; `index` is the event authority, followed by this program.
    pub fn emit<T: AnchorSerialize>(&self, index: usize, event: u64, body: &T) -> ProgramResult {
        let (authority, program) = (self.account(index)?, self.account(index + 1)?);
        let (address, bump) = Pubkey::find_program_address(&[seed::EVENT], self.program);
        check(*authority.key == address, CONSTRAINT_SEEDS)?;
        check(program.key == self.program, CONSTRAINT_ADDRESS)?;
        let data = encode(EVENT_TAG, &(event.to_be_bytes(), Borsh(body)))?;
        let emit =
            Instruction { program_id: *self.program, accounts: vec![AccountMeta::new_readonly(address, true)], data };
        invoke_signed(&emit, &[authority.clone()], &[&[seed::EVENT, &[bump]]])
    }

    /// Only this program itself can sign as its event authority.
    pub fn accept_event(&self) -> ProgramResult {
        let authority = self.signer(0)?;
        let (address, _) = Pubkey::find_program_address(&[seed::EVENT], self.program);
        check(*authority.key == address, CONSTRAINT_SEEDS)
    }
}

/// A reference that serializes as what it refers to.
pub struct Borsh<'a, T>(pub &'a T);

impl<T: AnchorSerialize> AnchorSerialize for Borsh<'_, T> {
    fn serialize<W: std::io::Write>(&self, writer: &mut W) -> std::io::Result<()> {
        self.0.serialize(writer)
    }
}

pub fn check(condition: bool, code: u32) -> ProgramResult {
    if condition {
        Ok(())
    } else {
        Err(fail(code))
    }
}

pub fn read<T: Layout>(info: &AccountInfo, owner: &Pubkey) -> Res<T> {
    if *info.owner == System::id() && info.lamports() == 0 {
        return Err(fail(ACCOUNT_NOT_INITIALIZED));
    }
    check(info.owner == owner, ACCOUNT_OWNER)?;
    let data = info.try_borrow_data()?;
    let body = data.strip_prefix(&T::DISCRIMINATOR.to_be_bytes()[..]).ok_or(fail(ACCOUNT_DISCRIMINATOR))?;
    T::deserialize(&mut &body[..]).map_err(|_| fail(ACCOUNT_DATA))
}

pub fn write<T: Layout>(info: &AccountInfo, value: &T) -> ProgramResult {
    let bytes = encode(T::DISCRIMINATOR, value)?;
    let mut data = info.try_borrow_mut_data()?;
    data.get_mut(..bytes.len()).ok_or(fail(ACCOUNT_DATA))?.copy_from_slice(&bytes);
    Ok(())
}

/// Gives an account's lamports away and leaves nothing of it.
pub fn close(info: &AccountInfo, receiver: &AccountInfo) -> ProgramResult {
    let lamports = info.lamports();
    **receiver.try_borrow_mut_lamports()? += lamports;
    **info.try_borrow_mut_lamports()? = 0;
    info.assign(&System::id());
    info.resize(0)
}

pub fn encode<T: AnchorSerialize>(head: u64, body: &T) -> Res<Vec<u8>> {
    let mut data = head.to_be_bytes().to_vec();
    body.serialize(&mut data).map_err(|_| fail(ACCOUNT_DATA))?;
    Ok(data)
}

pub fn answer<T: AnchorSerialize>(value: &T) -> ProgramResult {
    let mut data = vec![];
    value.serialize(&mut data).map_err(|_| fail(ACCOUNT_DATA))?;
    set_return_data(&data);
    Ok(())
}

/// Calls `program`, with `signer` added to those who sign already, and reads what it returns.
pub fn invoke_with<'a, T: AnchorSerialize>(
    program: &AccountInfo<'a>,
    accounts: &[AccountInfo<'a>],
    name: u64,
    args: &T,
    signer: Option<(&Pubkey, &[&[u8]])>,
) -> ProgramResult {
    let metas = accounts
        .iter()
        .map(|a| AccountMeta {
            pubkey: *a.key,
            is_signer: a.is_signer || signer.is_some_and(|(key, _)| key == a.key),
            is_writable: a.is_writable,
        })
        .collect();
    let call = Instruction { program_id: *program.key, accounts: metas, data: encode(name, args)? };
    let mut infos = accounts.to_vec();
    infos.push(program.clone());
    match signer {
        Some((_, seeds)) => invoke_signed(&call, &infos, &[seeds]),
        None => invoke_signed(&call, &infos, &[]),
    }
}

pub fn returned<T: AnchorDeserialize>(program: &Pubkey) -> Res<T> {
    let (from, data) = get_return_data().ok_or(fail(ACCOUNT_DATA))?;
    check(from == *program, ACCOUNT_OWNER)?;
    T::try_from_slice(&data).map_err(|_| fail(ACCOUNT_DATA))
}
