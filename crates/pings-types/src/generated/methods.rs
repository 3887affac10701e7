//! The methods and traits of the enum of events.

/// Implements the methods of a generated enum of events, and its traits.
#[doc(hidden)]
#[macro_export]
macro_rules! __event_methods {
    ($event:ident) => {
        impl $event {
            /// Returns the name under which the event is logged.
            #[must_use]
            pub fn name(&self) -> $crate::EventName<Self> {
                $crate::generated::name(self)
            }

            /// Returns the arguments as a JSON object, which is `{}` for an event without arguments.
            ///
            /// Optional arguments that are `None` are omitted, as are numbers that JSON cannot
            /// represent: infinity and NaN. Integers are written unchanged, but
            /// [`from_wire`](Self::from_wire) rejects integers beyond ±(2^53 - 1), which JSON does
            /// not represent exactly. A NUL character in a text becomes U+FFFD.
            #[must_use]
            pub fn argument(&self) -> ::std::string::String {
                $crate::generated::argument(self)
            }

            /// Creates an event from its current or previous name and its arguments as JSON.
            ///
            /// An empty text has no arguments. Undeclared members are ignored, and `null` counts as
            /// missing. If an argument is missing, its previous keys are used.
            ///
            /// # Errors
            ///
            /// Returns an error if there is no event with this name, or if the arguments are
            /// invalid.
            #[inline]
            pub fn from_wire(
                name: &str,
                argument: &str,
            ) -> ::std::result::Result<Self, $crate::ParseError> {
                $crate::generated::from_wire(name, argument)
            }
        }

        impl $crate::generated::serde::Serialize for $event {
            /// Writes the arguments as an object. The name is not included; convert the event to a
            /// `&'static str` to get the name.
            fn serialize<S: $crate::generated::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::generated::serialize(self, serializer)
            }
        }

        impl ::std::convert::From<&$event> for &'static str {
            fn from(event: &$event) -> Self {
                event.name().as_str()
            }
        }

        impl ::std::clone::Clone for $event {
            #[inline]
            fn clone(&self) -> Self {
                $crate::generated::clone(self)
            }
        }

        impl ::std::cmp::PartialEq for $event {
            fn eq(&self, other: &Self) -> bool {
                $crate::generated::equal(self, other)
            }
        }

        impl ::std::fmt::Debug for $event {
            /// Shows the event with its logged names.
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::generated::debug(self, f)
            }
        }
    };
}
