using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Umps.Transport.Interop;

namespace Umps.Launcher;

/// <summary>Signals that umpsrun gets and passes on to the ranks: they are in process groups of their own, and get none from the terminal.</summary>
internal sealed class JobSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Catches them from now on.</summary>
    /// <param name="hear">Takes the signal's number; on any thread.</param>
    public JobSignals(Action<int> hear)
    {
        // A shell script starts what it puts in the background with SIGINT ignored; who sends it nevertheless means it.
        Linux.RestoreDefault(Signals.Interrupt);
        List<int> caught = [Signals.Interrupt, Signals.Terminate, Signals.User1, Signals.User2, Signals.TerminalStop, Signals.Continue, Signals.Quit];
        if (!IsIgnored(Signals.Hangup))         // nohup umpsrun … goes on without its terminal
            caught.Add(Signals.Hangup);
        foreach (int signal in caught)
        {
            // .NET takes the system's numbers beside its own.
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)signal, context =>
            {
                context.Cancel = true;
                hear(signal);
            }));
        }

        Linux.IgnoreTerminalInputStop();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
    }

    private static bool IsIgnored(int signal)
    {
        // Without .NET's files and readers, which take longer to set up than all the rest here.
        Span<byte> status = stackalloc byte[4096];
        status = status[..Math.Max(0, Linux.ReadSmallFile("/proc/self/status\0"u8, status))];
        int line = status.IndexOf("\nSigIgn:\t"u8);
        return line >= 0 && Utf8Parser.TryParse(status[(line + 9)..], out ulong ignored, out _, 'x') && (ignored >> (signal - 1) & 1) != 0;
    }
}
