//! Mails that answer each other, and which of them hang together.

use std::collections::BTreeMap;

use super::random::Random;

/// Most mails of a tree.
const MOST: usize = 40;
/// Colleagues: what they write opens an incident, and their mails make two of them one.
const AUTHORS: [&str; 3] = ["kato", "sato", "mori"];

/// One mail.
#[derive(Debug, Clone)]
pub struct Mail {
    pub id: String,
    author: &'static str,
    /// Ids that it refers to, the oldest first.
    references: Vec<String>,
    /// They stand in In-Reply-To, and there is no References.
    only_in_reply_to: bool,
}

impl Mail {
    /// Every mail has a subject of its own: nothing but ids says what hangs together.
    pub fn bytes(&self) -> Vec<u8> {
        let ids: Vec<String> = self.references.iter().map(|id| format!("<{id}>")).collect();
        let fields = match ids.last() {
            None => String::new(),
            Some(_) if self.only_in_reply_to => format!("In-Reply-To: {}\r\n", ids.join(" ")),
            Some(parent) => format!("In-Reply-To: {parent}\r\nReferences: {}\r\n", ids.join("\r\n ")),
        };
        format!(
            "From: {0}@example.com\r\nTo: incidents@example.com\r\nSubject: Re: {1}\r\nMessage-ID: <{1}>\r\n\
             Date: Mon, 23 Nov 2026 01:00:00 +0900\r\n{fields}\r\nabout {1}\r\n",
            self.author, self.id
        )
        .into_bytes()
    }
}

/// Mails in the order in which they arrive: some never do, some come twice.
#[derive(Debug)]
pub struct Web {
    pub arriving: Vec<Mail>,
    /// For each id that is known from them, the id that stands for its part.
    parts: BTreeMap<String, String>,
}

impl Web {
    pub fn tree(random: &mut Random) -> Self {
        let name = random.below(usize::MAX);
        let mails = tree(random, &format!("{name}"));
        Self::arrive(random, mails)
    }

    /// Two trees, and one mail that refers to both and comes at any time.
    pub fn joined_trees(random: &mut Random) -> Self {
        let name = random.below(usize::MAX);
        let (one, other) = (tree(random, &format!("a{name}")), tree(random, &format!("b{name}")));
        let ends = [&one, &other].map(|tree| tree[random.below(tree.len())].id.clone());
        let references = ends.to_vec();
        let joining = Mail {
            id: format!("{name}.joining@mail.example.net"),
            author: AUTHORS[0],
            references,
            only_in_reply_to: random.chance(50),
        };
        Self::arrive(random, one.into_iter().chain(other).chain([joining]).collect())
    }

    /// 20 % never come, 10 % come twice, all in any order.
    fn arrive(random: &mut Random, mails: Vec<Mail>) -> Self {
        let first = mails[0].clone();
        let mut arriving: Vec<Mail> = mails.into_iter().filter(|_| !random.chance(20)).collect();
        let twice: Vec<Mail> = arriving.iter().filter(|_| random.chance(10)).cloned().collect();
        arriving.extend(twice);
        random.shuffle(&mut arriving);
        if arriving.is_empty() {
            arriving.push(first);
        }
        let parts = parts(&arriving);
        Self { arriving, parts }
    }

    /// What stands for the part of a mail.
    pub fn part<'a>(&'a self, mail: &'a Mail) -> &'a str {
        root(&self.parts, &mail.id)
    }
}

/// Mails of which each but the first answers an earlier one, as mail programs do it.
fn tree(random: &mut Random, name: &str) -> Vec<Mail> {
    let mut mails: Vec<Mail> = Vec::new();
    // Mails to each other are most of the work: a few webs show that they change nothing.
    let authors = if random.chance(10) { AUTHORS.len() } else { 1 };
    for number in 0..2 + random.below(MOST - 1) {
        // Threads are long as often as they are broad.
        let parent = (!mails.is_empty()).then(|| {
            let near = mails.len().saturating_sub(if random.chance(60) { 2 } else { mails.len() });
            mails[near + random.below(mails.len() - near)].clone()
        });
        let chain = parent.map(|parent| [parent.references, vec![parent.id]].concat()).unwrap_or_default();
        let (references, only_in_reply_to) = referred(random, chain);
        let author = AUTHORS[random.below(authors)];
        mails.push(Mail {
            id: format!("{name}.{number}@mail.example.net"),
            author,
            references,
            only_in_reply_to,
        });
    }
    mails
}

/// What a mail program makes of the ids of all mails before: all of them, the first and the last few, the last alone, or
/// In-Reply-To only.
fn referred(random: &mut Random, chain: Vec<String>) -> (Vec<String>, bool) {
    let last = chain.len().saturating_sub(1);
    let newest = chain.iter().skip(last).cloned().collect::<Vec<_>>();
    match random.below(10) {
        0..=4 => (chain, false),
        5 | 6 => {
            let kept = |place: &usize| *place == 0 || place + 3 > last;
            let ids = chain.iter().enumerate().filter(|(place, _)| kept(place));
            (ids.map(|(_, id)| id.clone()).collect(), false)
        }
        7 => (newest, false),
        8 => (newest, true),
        // Lost on the way.
        _ if random.chance(20) => (Vec::new(), false),
        _ => (newest, true),
    }
}

fn root<'a>(parts: &'a BTreeMap<String, String>, id: &'a str) -> &'a str {
    let mut at = id;
    while let Some(next) = parts.get(at).filter(|next| next.as_str() != at) {
        at = next;
    }
    at
}

/// Which ids hang together by what has arrived.
fn parts(arriving: &[Mail]) -> BTreeMap<String, String> {
    let mut parts: BTreeMap<String, String> = BTreeMap::new();
    for mail in arriving {
        for id in &mail.references {
            let (one, other) = (root(&parts, &mail.id).to_owned(), root(&parts, id).to_owned());
            parts.insert(one, other);
        }
    }
    parts
}
