//! Opening signed envelopes: everything a request thread does before the writer sees one.
//!
//! The envelopes carry an operation with two dozen members, as a client's would. The sender's key
//! is prepared in both cases, as the node remembers it.

use std::time::Duration;

use hansa_crypto::PreparedKey;
use hansa_crypto::keys::SigningKey;
use hansa_types::{EnvelopeId, PrincipalId, Signature};
use hansa_wire::amp::build::{Header, operation_by_id};
use hansa_wire::amp::{Envelope, Recipient};
use serde_json::json;

use crate::measure::{Rng, Work};
use crate::report::Report;
use crate::scene::{Bench, Scene};

/// Different envelopes, so that neither cache nor branch predictor learns one by heart.
const ENVELOPES: usize = 2_000;

/// One envelope in both forms.
struct Sample {
    text: Vec<u8>,
    unsigned: Vec<u8>,
    signature: Signature,
}

/// The scene.
pub(crate) struct EnvelopeScene {
    samples: Vec<Sample>,
    key: PreparedKey,
}

impl EnvelopeScene {
    /// Signs the envelopes.
    pub(crate) fn prepare(bench: &Bench) -> anyhow::Result<Self> {
        let mut rng = Rng::new(21);
        let key = SigningKey::from_seed(rng.bytes());
        let now = bench.env.clock.wall();
        let samples = (0..ENVELOPES)
            .map(|nonce| sample(&key, nonce as u64, now.unix_seconds(), &mut rng))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { samples, key: key.public().prepare() })
    }

    /// Does something with the envelopes in turn for a span of time.
    fn repeat(
        &self,
        span: Duration,
        mut each: impl FnMut(&Sample) -> anyhow::Result<()>,
    ) -> anyhow::Result<Work> {
        let begun = std::time::Instant::now();
        let mut total = Work::default();
        while begun.elapsed() < span {
            let work =
                Work::time(ENVELOPES as u64, || self.samples.iter().try_for_each(&mut each))?;
            total.count += work.count;
            total.cpu += work.cpu;
        }
        Ok(total)
    }
}

fn sample(key: &SigningKey, nonce: u64, ts: u64, rng: &mut Rng) -> anyhow::Result<Sample> {
    let header = Header {
        id: EnvelopeId::new(rng.next_u128()),
        from: key.public().did_key(),
        to: Recipient::Did(SigningKey::from_seed([7; 32]).public().did_key()),
        parent: None,
        nonce,
        ts,
    };
    let params = json!({
        "to": PrincipalId(rng.next_u128()),
        "amount": format!("{}.25", rng.below(1_000)),
        "currency": "AVT",
    });
    let params = params.as_object().cloned().unwrap_or_default();
    let mut envelope: Envelope = operation_by_id(header, "transfer_create", params);
    envelope.sign(key).map_err(|rejection| anyhow::anyhow!("signing: {rejection}"))?;
    let text = serde_json::to_vec(&envelope)?;
    let opened = Envelope::parse(&text).map_err(|rejection| anyhow::anyhow!("{rejection}"))?;
    let signature = *opened.signature();
    Ok(Sample { text, unsigned: opened.into_unsigned(), signature })
}

impl Scene for EnvelopeScene {
    fn round(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        let span = bench.span / 3;
        let strict = self
            .repeat(span, |sample| Ok(self.key.verify(&sample.unsigned, &sample.signature)?))?;
        let opened = self.repeat(span, |sample| {
            Envelope::parse(&sample.text)
                .and_then(|opened| opened.verify_prepared(&self.key))
                .map_err(|rejection| anyhow::anyhow!("{rejection}"))
        })?;
        report.add("envelope.strict_us", strict.cpu_us_each())?;
        report.add("envelope.open_us", opened.cpu_us_each())?;
        report.add("envelope.vs_strict", opened.per_cpu_second() / strict.per_cpu_second())
    }
}
