using System.Globalization;

namespace Umps.Launcher;

/// <summary>Numbers of signals (asm-generic: the same on x64 and arm64), and their names.</summary>
internal static class Signals
{
    public const int Hangup = 1, Interrupt = 2, Quit = 3, Kill = 9, User1 = 10, User2 = 12, Terminate = 15, Continue = 18, Stop = 19, TerminalStop = 20;

    private static readonly string[] s_names =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
        "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>"signal 9 (SIGKILL)".</summary>
    public static string Describe(int signal) =>
        signal > 0 && signal < s_names.Length
            ? $"signal {signal.ToString(CultureInfo.InvariantCulture)} ({s_names[signal]})"
            : $"signal {signal.ToString(CultureInfo.InvariantCulture)}";
}
