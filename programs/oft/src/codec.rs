//! The OFT's message: recipient, amount in shared decimals, and optionally who composed and what.

/// Why a message of the peer cannot be minted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Malformed {
    /// Too short to name a recipient and an amount.
    Length = 1,
    /// The amount does not fit into 64 bits of base units, more than could ever exist.
    Amount = 2,
}

pub struct OftMessage<'a> {
    pub to: [u8; 32],
    pub amount_sd: u64,
    /// Sender and payload of a composed message.
    pub compose: Option<&'a [u8]>,
}

const PLAIN: usize = 40;
const COMPOSED_MIN: usize = PLAIN + 32;

pub fn is_composed(message: &[u8]) -> bool {
    message.len() >= COMPOSED_MIN
}

/// The recipient as far as the bytes go, zero when there is none: what account lists are made for.
pub fn recipient(message: &[u8]) -> [u8; 32] {
    let mut to = [0; 32];
    if let Some(bytes) = message.get(..32) {
        to.copy_from_slice(bytes);
    }
    to
}

/// Bytes behind the amount that are too few for a composed message are ignored: they change nothing of who gets what.
pub fn decode(message: &[u8]) -> Result<OftMessage<'_>, Malformed> {
    let bytes = message.get(32..PLAIN).ok_or(Malformed::Length)?;
    let mut amount = [0; 8];
    amount.copy_from_slice(bytes);
    Ok(OftMessage {
        to: recipient(message),
        amount_sd: u64::from_be_bytes(amount),
        compose: is_composed(message).then(|| &message[PLAIN..]),
    })
}

pub fn encode(to: &[u8; 32], amount_sd: u64, compose: Option<(&[u8; 32], &[u8])>) -> Vec<u8> {
    let mut message = Vec::with_capacity(PLAIN + compose.map_or(0, |(_, m)| 32 + m.len()));
    message.extend_from_slice(to);
    message.extend_from_slice(&amount_sd.to_be_bytes());
    if let Some((from, payload)) = compose {
        message.extend_from_slice(from);
        message.extend_from_slice(payload);
    }
    message
}

/// What the composer is handed: nonce, source, amount in base units, then sender and payload.
pub fn encode_compose(nonce: u64, src_eid: u32, amount_ld: u64, compose: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(20 + compose.len());
    message.extend_from_slice(&nonce.to_be_bytes());
    message.extend_from_slice(&src_eid.to_be_bytes());
    message.extend_from_slice(&amount_ld.to_be_bytes());
    message.extend_from_slice(compose);
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_decoded_or_refused_and_none_panics() {
        for length in 0..200 {
            let message = vec![7u8; length];
            let decoded = decode(&message);
            assert_eq!(decoded.is_ok(), length >= 40, "length {length}");
            recipient(&message);
        }
    }

    #[test]
    fn what_is_encoded_decodes_to_the_same() {
        let message = encode(&[9; 32], 77, Some((&[3; 32], b"payload")));
        let decoded = decode(&message).ok().unwrap();
        assert_eq!((decoded.to, decoded.amount_sd), ([9; 32], 77));
        assert_eq!(decoded.compose.unwrap(), [&[3u8; 32][..], b"payload"].concat());
    }
}
