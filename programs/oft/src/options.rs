//! LayerZero options of type 3: two bytes of type, then a list that can be joined by appending.
use crate::errors::OftError;
use crate::state::EnforcedOptions;
use anchor_lang::prelude::*;

const TYPE_3: [u8; 2] = [0, 3];

pub fn validate(options: &[u8]) -> Result<()> {
    require!(options.starts_with(&TYPE_3), OftError::InvalidOptions);
    Ok(())
}

/// The peer's enforced options followed by the caller's. A message without any is refused: its executor could not be paid.
pub fn combine(enforced: &EnforcedOptions, composed: bool, extra: &[u8]) -> Result<Vec<u8>> {
    let base = if composed { &enforced.send_and_call } else { &enforced.send };
    if base.is_empty() {
        validate(extra)?;
        require!(extra.len() > TYPE_3.len(), OftError::InvalidOptions);
        return Ok(extra.to_vec());
    }
    let mut all = base.clone();
    if !extra.is_empty() {
        validate(extra)?;
        all.extend_from_slice(&extra[TYPE_3.len()..]);
    }
    Ok(all)
}
