//! Creation of this program's accounts at addresses that anybody may have sent lamports to before.
use anchor_lang::prelude::*;
use anchor_lang::system_program::{
    allocate, assign, create_account, transfer, Allocate, Assign, CreateAccount, Transfer,
};

pub fn create<'info>(
    payer: &AccountInfo<'info>,
    account: &AccountInfo<'info>,
    space: usize,
    seeds: &[&[u8]],
) -> Result<()> {
    let rent = Rent::get()?.minimum_balance(space);
    let system = System::id();
    let balance = account.lamports();
    if balance == 0 {
        let accounts = CreateAccount { from: payer.clone(), to: account.clone() };
        return create_account(CpiContext::new_with_signer(system, accounts, &[seeds]), rent, space as u64, &crate::ID);
    }
    let missing = rent.saturating_sub(balance);
    if missing > 0 {
        transfer(CpiContext::new(system, Transfer { from: payer.clone(), to: account.clone() }), missing)?;
    }
    allocate(
        CpiContext::new_with_signer(system, Allocate { account_to_allocate: account.clone() }, &[seeds]),
        space as u64,
    )?;
    assign(CpiContext::new_with_signer(system, Assign { account_to_assign: account.clone() }, &[seeds]), &crate::ID)
}
