using System;
using System.Runtime.InteropServices;
using Umps.Transport;

namespace Umps.Tests.Agents.Hub;

/// <summary>Numbered messages and a long transfer from one endpoint to another, without end; both sides know from the numbers what has to come.</summary>
internal sealed unsafe class CheckedStream : IDisposable
{
    private const int MessageBytesMax = 4000, PieceBytes = 20_000, PoolBytes = 1 << 20, TransferBytes = 1_000_003;

    private static readonly byte[] s_pool = MakePool();

    private readonly Endpoint _from;
    private readonly int _to;
    private readonly byte* _landing = (byte*)NativeMemory.Alloc(LinkFragmentMax);
    private long _movedSent, _movedReceived;

    private const int LinkFragmentMax = 1 << 16;

    public CheckedStream(Endpoint from, int to)
    {
        _from = from;
        _to = to;
    }

    public long Sent { get; private set; }

    public long Received { get; private set; }

    public long BytesReceived { get; private set; }

    /// <summary>What was not as it had to be; null: nothing.</summary>
    public string? Fault { get; private set; }

    public bool IsComplete => Sent == Received && _movedSent == _movedReceived;

    /// <summary>Sends some messages, and some of the transfer.</summary>
    /// <returns>False when nothing found room.</returns>
    public bool Advance(int messages)
    {
        long before = Sent + _movedSent;
        for (int i = 0; i < messages; i++)
        {
            if (!_from.TrySend(_to, new FrameHeader { Kind = 1, Word0 = (ulong)Sent, Word1 = (uint)(Sent >> 4) }, Content(Sent)))
                break;
            Sent++;
        }
        if (Sent % 256 < messages)
            _movedSent += _from.TrySendFragment(_to, new FrameHeader { Kind = 2 }, Moved(_movedSent, (int)Math.Min(PieceBytes, TransferBytes - _movedSent % TransferBytes)));
        return Sent + _movedSent > before;
    }

    public void OnMessage(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Word0 != (ulong)Received || !payload.SequenceEqual(Content(Received)))
            Fault ??= $"message {header.Word0} of {payload.Length} bytes came where {Received} of {Content(Received).Length} was due";
        Received++;
        BytesReceived += payload.Length;
    }

    public NativeSpan OnFragmentBegin(int lengthBytes) => new((nint)_landing, lengthBytes);

    public void OnFragmentEnd(int lengthBytes)
    {
        if (!new ReadOnlySpan<byte>(_landing, lengthBytes).SequenceEqual(Moved(_movedReceived, lengthBytes)))
            Fault ??= $"{lengthBytes} bytes of the transfer at {_movedReceived} are not those that were sent";
        _movedReceived += lengthBytes;
        BytesReceived += lengthBytes;
    }

    public void Dispose() => NativeMemory.Free(_landing);

    /// <summary>Most are small; one of eight has any length.</summary>
    private static ReadOnlySpan<byte> Content(long number)
    {
        ulong random = ((ulong)number + 1) * 0x9E3779B97F4A7C15;
        random ^= random >> 29;
        int length = (int)(random % 8 == 0 ? (random >> 8) % MessageBytesMax : (random >> 8) % 100);
        return s_pool.AsSpan((int)((random >> 32) % (PoolBytes - MessageBytesMax)), length);
    }

    private static ReadOnlySpan<byte> Moved(long at, int lengthBytes) => s_pool.AsSpan((int)(at % TransferBytes), lengthBytes);

    private static byte[] MakePool()
    {
        byte[] pool = new byte[PoolBytes];
        new Random(4711).NextBytes(pool);
        return pool;
    }
}

/// <summary>Checks what comes from the other endpoint.</summary>
internal readonly unsafe struct StreamSink(CheckedStream stream, System.Collections.Generic.List<string> lost) : IFrameHandler
{
    public void OnMessage(int peer, in FrameHeader header, scoped ref Arrival payload) => stream.OnMessage(in header, new ReadOnlySpan<byte>(payload.Bytes, payload.LengthBytes));

    public NativeSpan OnFragmentBegin(int peer, in FrameHeader header, int lengthBytes) => stream.OnFragmentBegin(lengthBytes);

    public void OnFragmentEnd(int peer, in FrameHeader header, int lengthBytes) => stream.OnFragmentEnd(lengthBytes);

    public void OnPeerLost(int peer, string reason) => lost.Add(reason);
}
