using System;
using Microsoft.Win32.SafeHandles;
using Umps.Transport.Interop;

namespace Umps.Launcher;

/// <summary>Wakes a thread that waits on descriptors.</summary>
internal sealed class WakePipe : IDisposable
{
    private readonly SafeFileHandle _read, _write;

    public WakePipe()
    {
        Errno error = Linux.Pipe(out _read, out _write);
        if (error != Errno.None)
            throw new LauncherException(ErrorId.NodeResources, $"pipe: {error}. Raise the limit on open files (ulimit -n).", ExitCode.Internal);
    }

    /// <summary>What to wait on.</summary>
    public int Descriptor => (int)_read.DangerousGetHandle();

    /// <summary>Wakes; from any thread.</summary>
    public void Wake() => Linux.WriteWhole(_write, [0]);

    /// <summary>Takes what has woken; called when the descriptor is ready.</summary>
    public void Drain()
    {
        Span<byte> bytes = stackalloc byte[256];
        Linux.ReadSome(_read, bytes, out _);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _write.Dispose();
        _read.Dispose();
    }
}
