//! Unit tests of the client; what only a server shows is tested in keyturn-tests.
