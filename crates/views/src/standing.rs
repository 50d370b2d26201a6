//! How reputations are told apart when agents are sorted.
//!
//! An agent's standing is its mean rating in thousandths, drawn towards three stars as if five
//! more ratings of three had been given: one rating of five does not pass a hundred of them, and
//! an agent without any stands in the middle.

/// Adds to what is known of a principal: tasks completed and failed, ratings, their stars, whose.
pub(crate) const LEARN: &str = "UPDATE principals SET \
    completed = completed + $1, failed = failed + $2, ratings = ratings + $3, stars = stars + $4, \
    standing = (1000 * (stars + $4) + 15000) / (ratings + $3 + 5) WHERE id = $5";

/// The standing of the reputation `r`, which need not exist.
pub(crate) const OF_R: &str =
    "(1000 * COALESCE(r.stars, 0) + 15000) / (COALESCE(r.ratings, 0) + 5)";
