//! Where the wire is known to differ from the description: the one table of it.
//!
//! **Invariant**: nothing is let pass but by a name in this table; each name has its reason beside it.

/// A known difference between the description and the wire. The first nine are known from Azure itself; the others were
/// met when real clients were held against the description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deviation {
    /// The files begin with a byte order mark.
    ByteOrderMark,
    /// Lists travel wrapped.
    WrappedList,
    /// An identity's descriptor is a text.
    DescriptorIsText,
    /// Links lie flat.
    FlatLinks,
    /// The project is left out.
    NoProject,
    /// Cargo's batch lies where the other protocols' batches lie.
    BatchPath,
    /// Two operations share a method and a path.
    DoubledPath,
    /// What is optional may be null, and some values are missing in the lists.
    NullOrUnlisted,
    /// Examples hold tokens.
    ExampleTokens,
    /// Some fields of recorded answers are not drawn.
    UndrawnField,
    /// A patch sets any value.
    AnyPatchValue,
    /// A patch is a list.
    PatchIsList,
    /// A released API is asked for by its preview's name.
    PreviewOfReleased,
}

impl Deviation {
    /// Every one there is.
    pub const ALL: [Self; 13] = [
        Self::ByteOrderMark,
        Self::WrappedList,
        Self::DescriptorIsText,
        Self::FlatLinks,
        Self::NoProject,
        Self::BatchPath,
        Self::DoubledPath,
        Self::NullOrUnlisted,
        Self::ExampleTokens,
        Self::UndrawnField,
        Self::AnyPatchValue,
        Self::PatchIsList,
        Self::PreviewOfReleased,
    ];

    /// What differs, and why it is let pass.
    pub fn reason(self) -> &'static str {
        match self {
            Self::ByteOrderMark => {
                "the files begin with a byte order mark, which is cut off when they are read"
            }
            Self::WrappedList => {
                "a list in an answer travels as `count` and `value`, as every recorded answer does; bare it is wrong"
            }
            Self::DescriptorIsText => {
                "an identity's descriptor is drawn as an object and travels as a text; only the text is sent"
            }
            Self::FlatLinks => {
                "`_links` holds names and addresses directly, without the `links` it is drawn with"
            }
            Self::NoProject => {
                "`{project}` is marked as required, but what belongs to the organization is asked for without it"
            }
            Self::BatchPath => {
                "Cargo's batch is drawn at another path than every other protocol's; both are taken for it"
            }
            Self::DoubledPath => {
                "an API with two operations of one method and path marks the second with a `?`, which no client sends"
            }
            Self::NullOrUnlisted => {
                "what is optional is missing or null, and a few values occur that the lists of values leave out"
            }
            Self::ExampleTokens => "examples hold tokens that never were any; examples are not read at all",
            Self::UndrawnField => {
                "Microsoft's own recorded answers have fields that the definition leaves out: a profile's name and mail, an \
                 identity's properties, and of a subject what only its kind has"
            }
            Self::AnyPatchValue => "a JSON patch sets any value, although its `value` is drawn as an object",
            Self::PatchIsList => "a JSON patch is drawn as an object that is all of a list; it is the list",
            Self::PreviewOfReleased => {
                "clients made while an API was a preview go on naming that preview of the same version, and are answered"
            }
        }
    }
}

/// Values that were seen on the wire and are missing in the description: definition, field, value.
pub(super) const UNLISTED: [(&str, &str, &str); 1] = [("TeamProjectReference", "visibility", "organization")];

/// Fields that are in a recorded answer and missing in its definition: definition, field.
pub(super) const UNDRAWN: [(&str, &str); 8] = [
    ("GraphSubject", "mailAddress"),
    ("GraphSubject", "principalName"),
    ("Profile", "displayName"),
    ("Profile", "emailAddress"),
    ("Profile", "publicAlias"),
    ("PropertiesCollection", "Account"),
    ("PropertiesCollection", "Mail"),
    ("PropertiesCollection", "SchemaClassName"),
];
