//! Making and destroying money.

use hansa_kernel::transfer::{Burn, Mint};
use hansa_kernel::{Command, Entry};
use hansa_types::{Code, Currency};
use hansa_wire::Problem;
use hansa_wire::api::currencies::{BurnCreate, MintCreate};

use super::transfers::{answer_done, answer_dry};
use super::trial::attempt;
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::amount;

/// Makes money of a currency that this node issues.
pub(crate) async fn mint_create(context: &Context, request: MintCreate) -> Result<Answer, Problem> {
    let currency = context.api.currency(request.currency).await?;
    let mint = Mint {
        to: context.find(&request.to, Code::PayeeUnknown).await?,
        currency: currency.code,
        amount: amount("amount", &request.amount, &currency)?,
    };
    carry_out(context, Command::MintCreate(mint), &currency, request.dry_run).await
}

/// Destroys money of a currency that this node issues.
pub(crate) async fn burn_create(context: &Context, request: BurnCreate) -> Result<Answer, Problem> {
    let currency = context.api.currency(request.currency).await?;
    let burn = Burn {
        from: context.find_or_caller(request.from.as_ref()).await?,
        currency: currency.code,
        amount: amount("amount", &request.amount, &currency)?,
    };
    carry_out(context, Command::BurnCreate(burn), &currency, request.dry_run).await
}

async fn carry_out(
    context: &Context,
    command: Command,
    currency: &Currency,
    dry_run: bool,
) -> Result<Answer, Problem> {
    if dry_run {
        let entry: Entry = attempt(context, command).await?;
        return answer_dry(&entry, currency);
    }
    let done = context.submit(Step::new(command)).await?;
    answer_done(&done, currency)
}
