//! What goes over the wire, and the trait that phone and server both implement.
