//! Waiting for what a person types, without missing Ctrl-C: who reads a line notices it only at the line's end.

#[cfg(unix)]
pub(super) use unix::{Unseen, line_is_there};

#[cfg(not(unix))]
pub(super) use elsewhere::{Unseen, line_is_there};

#[cfg(unix)]
mod unix {
    use rustix::{
        event::{PollFd, PollFlags, Timespec, poll},
        io::Errno,
        termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr},
    };
    use std::io::stdin;

    /// How often somebody is asked whether to go on.
    const GLANCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

    /// Waits until there is a line to read. Says no if `stop` says so first.
    pub(in crate::context) fn line_is_there(stop: impl Fn() -> bool) -> bool {
        let input = stdin();
        while !stop() {
            match poll(&mut [PollFd::new(&input, PollFlags::IN)], Some(&GLANCE)) {
                Ok(0) | Err(Errno::INTR) => {}
                // Whoever reads learns what is wrong.
                _ => return true,
            }
        }
        false
    }

    /// Keeps the terminal from showing what is typed, until it is dropped.
    pub(in crate::context) struct Unseen(Option<Termios>);

    impl Unseen {
        /// Hides what is typed from now on.
        pub(in crate::context) fn begin() -> Self {
            let Ok(before) = tcgetattr(stdin()) else { return Unseen(None) };
            let mut hidden = before.clone();
            hidden.local_modes.remove(LocalModes::ECHO);
            let set = tcsetattr(stdin(), OptionalActions::Now, &hidden);
            Unseen(set.is_ok().then_some(before))
        }
    }

    impl Drop for Unseen {
        fn drop(&mut self) {
            if let Some(before) = &self.0 {
                // A terminal that went away shows nothing any more.
                let _ = tcsetattr(stdin(), OptionalActions::Now, before);
            }
        }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    /// Elsewhere Ctrl-C ends the reading by itself.
    pub(in crate::context) fn line_is_there(stop: impl Fn() -> bool) -> bool {
        !stop()
    }

    /// Elsewhere whoever reads a secret hides it.
    pub(in crate::context) struct Unseen;

    impl Unseen {
        /// Does nothing.
        pub(in crate::context) fn begin() -> Self {
            Unseen
        }
    }
}
