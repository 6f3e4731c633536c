using System;
using System.Security.Cryptography;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Tcp;

/// <summary>Where a connection stands before its first frame.</summary>
internal enum HandshakeStage
{
    /// <summary>Outgoing: the kernel connects.</summary>
    Connecting,

    /// <summary>Outgoing: the other side has to speak first. Until the claim is sent the attempt may be dropped without harm.</summary>
    AwaitGreeting,

    /// <summary>Outgoing: the claim is sent; the other side decides.</summary>
    AwaitVerdict,

    /// <summary>Incoming: greeted; a stranger until its claim is proved.</summary>
    AwaitClaim,

    /// <summary>Incoming, proved: waits until this side's own attempt is decided.</summary>
    Parked,
}

/// <summary>A connection before its first frame: reads exactly the bytes of the next handshake message, over several passes if need be.</summary>
internal sealed unsafe class Handshake(int descriptor, HandshakeStage stage)
{
    private readonly byte[] _message = new byte[TcpHandshake.ClaimBytes];
    private int _have;

    public int Descriptor { get; } = descriptor;

    public int Slot { get; set; } = -1;

    public HandshakeStage Stage { get; set; } = stage;

    /// <summary>Outgoing, or parked: the peer it is for.</summary>
    public TcpPeer? Peer { get; set; }

    /// <summary>When it is given up, by <see cref="Environment.TickCount64"/>.</summary>
    public long Deadline { get; set; } = long.MaxValue;

    /// <summary>This side's nonce.</summary>
    public byte[] OwnNonce { get; } = RandomNumberGenerator.GetBytes(TcpHandshake.NonceBytes);

    /// <summary>The other side's.</summary>
    public byte[] TheirNonce { get; } = new byte[TcpHandshake.NonceBytes];

    /// <summary>Eager bytes that the other side lets this one have unconsumed.</summary>
    public int CreditBytes { get; set; }

    /// <summary>Reads towards a message.</summary>
    /// <param name="bytes">Its length.</param>
    /// <param name="error">Why nothing more comes: EAGAIN for now; None when the other side closed; or what broke the connection.</param>
    /// <returns>The message when it is whole; empty before.</returns>
    public ReadOnlySpan<byte> Read(int bytes, out Errno error)
    {
        fixed (byte* message = _message)
        {
            IoVector piece = new(message + _have, bytes - _have);
            nint got = Linux.Receive(Descriptor, &piece, 1, out error);
            if (got <= 0)
                return default;
            _have += (int)got;
        }
        error = Errno.EAGAIN;
        if (_have < bytes)
            return default;
        _have = 0;
        return _message.AsSpan(0, bytes);
    }

    /// <summary>Writes a message; on a fresh connection it always fits.</summary>
    public bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* message = bytes)
        {
            IoVector piece = new(message, bytes.Length);
            return Linux.Send(Descriptor, &piece, 1, out _) == bytes.Length;
        }
    }
}
