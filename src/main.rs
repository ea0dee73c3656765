//! The program: see `spacelog::cli`.

/// What views hold is allocated by one thread and freed by another, in small pieces: the allocator
/// of the C library takes a fifth longer to fold them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    spacelog::cli::run()
}
