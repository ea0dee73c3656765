//! The program: see `spacelog::cli`.

fn main() -> std::process::ExitCode {
    spacelog::cli::run()
}
