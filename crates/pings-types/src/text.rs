//! Implementations of traits for types that are written as text.

/// Implements `Serialize` and `Deserialize` with `Display` and `FromStr`.
macro_rules! serde_as_text {
    ($ty:ty) => {
        impl serde::Serialize for $ty {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $ty {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Implements `Display`, `FromStr`, `AsRef<str>`, `Serialize` and `Deserialize` for an enum of
/// texts with the constants `ALL` and `TEXTS` (the texts in the order of `ALL`) and the function `as_str`.
///
/// The implementations call shared functions, because a registry can have thousands of enums.
#[doc(hidden)]
#[macro_export]
macro_rules! __text_enum {
    ($ty:ident) => {
        impl ::std::fmt::Display for $ty {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $ty {
            type Err = $crate::UnknownValue;

            #[inline]
            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::UnknownValue> {
                $crate::generated::parse_text(Self::ALL, Self::TEXTS, text)
            }
        }

        impl ::std::convert::AsRef<str> for $ty {
            #[inline]
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl $crate::generated::serde::Serialize for $ty {
            fn serialize<S: $crate::generated::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::generated::serde::Deserialize<'de> for $ty {
            fn deserialize<D: $crate::generated::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::generated::deserialize_text(Self::ALL, Self::TEXTS, deserializer)
            }
        }
    };
}

/// Defines the texts of an enum of the registry's words.
macro_rules! words {
    ($ty:ident { $($variant:ident: $word:literal),+ $(,)? }) => {
        impl $ty {
            /// All values, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            const TEXTS: &'static $crate::generated::Texts =
                &$crate::generated::Texts::short(&[$($word),+]);

            /// Returns the word used in the registry. The word is part of fingerprints and must not
            /// change.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        $crate::__text_enum!($ty);
    };
}

pub(crate) use {serde_as_text, words};
