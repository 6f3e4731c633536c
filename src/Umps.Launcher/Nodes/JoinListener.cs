using System;
using System.IO;
using Microsoft.Win32.SafeHandles;
using Umps.Transport.Interop;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary>The abstract Unix socket at which the ranks of a node join.</summary>
internal sealed class JoinListener : IJoinListener
{
    private const int WaitingMax = 1024;

    private readonly SafeFileHandle _socket;

    /// <summary>Listens from now on.</summary>
    /// <param name="name">Name of the abstract socket.</param>
    /// <exception cref="LauncherException">UMPS3109: the system does not give it.</exception>
    public JoinListener(string name) => _socket = Linux.ListenLocal(name, WaitingMax, out Errno error)
        ?? throw new LauncherException(ErrorId.NodeResources, $"listen on a Unix socket on {Environment.MachineName}: {error}. Ranks cannot join without it.", ExitCode.Internal);

    /// <inheritdoc/>
    public Stream? Accept()
    {
        while (true)
        {
            try
            {
                if (Linux.AcceptLocal(_socket, out Errno error) is { } connection)
                    return new LocalConnection(connection);
                if (error is not (Errno.EINTR or Errno.ECONNABORTED))
                    return null;
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
        }
    }

    /// <inheritdoc/>
    public int UserOf(Stream connection) => ((LocalConnection)connection).PeerUser;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_socket.IsClosed)
            return;
        Linux.ShutDownLocal(_socket);
        _socket.Dispose();
    }
}
