/// Marks a request of a proxy about another request, in the extensions: its answer sets no cookie.
pub struct ForProxy;
