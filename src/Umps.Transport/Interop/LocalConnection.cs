using System;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace Umps.Transport.Interop;

/// <summary>A connected Unix stream socket as a blocking stream: what a rank joins its node agent over.</summary>
/// <remarks>Not .NET's Socket: that sets up event sources and an epoll thread first, a quarter of what a rank takes to start. One thread may read while another writes.</remarks>
internal sealed class LocalConnection(SafeFileHandle socket) : Stream
{
    private int _readTimeout = System.Threading.Timeout.Infinite;

    /// <summary>Connects to a listener of this host.</summary>
    /// <returns>Null with the error.</returns>
    public static LocalConnection? Connect(string abstractName, out Errno error) =>
        Linux.ConnectLocal(abstractName, out error) is { } socket ? new LocalConnection(socket) : null;

    /// <summary>The descriptor, for what crosses beside the bytes.</summary>
    public int SocketFd => (int)socket.DangerousGetHandle();

    /// <summary>User id of the other side; -1 where the kernel does not say.</summary>
    public int PeerUser => Linux.PeerUser(socket, out _);

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanTimeout => true;

    /// <inheritdoc/>
    public override int ReadTimeout
    {
        get => _readTimeout;
        set
        {
            _readTimeout = value;
            Linux.SetReadTimeout(socket, Math.Max(0, value));
        }
    }

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            int count = Linux.ReadSome(socket, buffer, out Errno error);
            if (count >= 0)
                return count;
            if (error == Errno.ECONNRESET)
                return 0;
            if (error != Errno.EINTR)
                throw new IOException($"read from a local socket: {error}");
        }
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Linux.WriteWhole(socket, buffer) is var error and not Errno.None)
            throw new IOException($"write to a local socket: {error}");
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is kept back.
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !socket.IsClosed)
        {
            try
            {
                Linux.ShutDownLocal(socket);       // who blocks in a read holds the descriptor open
            }
            catch (ObjectDisposedException)
            {
                // Another thread was quicker.
            }

            socket.Dispose();
        }

        base.Dispose(disposing);
    }
}
