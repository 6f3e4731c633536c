using System;
using System.Runtime.InteropServices;
using Umps;

namespace Umps.Bench;

/// <summary>The messages of a soak: windows of mixed sizes to the right neighbour, the left one's checked.</summary>
internal sealed class SoakStream
{
    private const int Window = 64, HeadBytes = 16, LongBytesMax = 1 << 20, ShortBytesMax = 4096;

    private readonly Comm _comm;
    private readonly int _right, _left;
    private readonly byte[] _pool = new byte[4 << 20];
    private readonly byte[][] _sends = new byte[Window][], _receives = new byte[Window][];
    private readonly Request[] _requests = new Request[2 * Window];
    private readonly int[] _sizes = new int[Window];

    public SoakStream(Comm comm)
    {
        _comm = comm;
        _right = (comm.Rank + 1) % comm.Size;
        _left = (comm.Rank + comm.Size - 1) % comm.Size;
        new Random(4711).NextBytes(_pool);      // everybody's is the same
        for (int i = 0; i < Window; i++)
        {
            // Two places of a window may hold a long message.
            int bytes = i < 2 ? LongBytesMax : ShortBytesMax;
            _sends[i] = new byte[bytes];
            _receives[i] = new byte[bytes];
        }
    }

    /// <summary>Messages received.</summary>
    public long Messages { get; private set; }

    /// <summary>Their bytes.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Messages that were not what was sent.</summary>
    public long Wrong { get; private set; }

    /// <summary>A window out and a window in; every rank calls it with the same number.</summary>
    public void Round(long round)
    {
        ChooseSizes(round);
        for (int i = 0; i < Window; i++)
            _requests[i] = _comm.Irecv(_receives[i].AsMemory(), _left, i);
        for (int i = 0; i < Window; i++)
        {
            Fill(_sends[i].AsSpan(0, _sizes[i]), Number(round, i, _comm.Rank));
            _requests[Window + i] = _comm.Isend(_sends[i].AsMemory(0, _sizes[i]), _right, i);
        }

        for (int i = 0; i < Window; i++)
        {
            int count = _requests[i].Wait().Count<byte>();
            if (count != _sizes[i] || !IsWhole(_receives[i].AsSpan(0, count), Number(round, i, _left)))
                Wrong++;
            Messages++;
            BytesReceived += count;
        }

        Request.WaitAll(_requests.AsSpan(Window));
    }

    /// <summary>49 windows of 50 are of messages up to 64 bytes; the others mix up to 4 KiB, with two of up to 1 MiB.</summary>
    private void ChooseSizes(long round)
    {
        ulong random = Mix((ulong)round + 1);
        bool isMixed = round % 50 == 49;
        for (int i = 0; i < Window; i++)
        {
            random = Mix(random);
            int most = !isMixed ? 64 : i < 2 ? LongBytesMax : ShortBytesMax;
            _sizes[i] = HeadBytes + (int)(random % (ulong)(most - HeadBytes + 1));
        }
    }

    private static ulong Number(long round, int place, int sender) => Mix((ulong)round * Window * 4096 + (ulong)place * 4096 + (ulong)sender);

    private void Fill(Span<byte> message, ulong number)
    {
        Span<byte> body = message[HeadBytes..];
        Body(body.Length, number).CopyTo(body);
        MemoryMarshal.Write(message, number);
        MemoryMarshal.Write(message[8..], Sum(body, number));
    }

    /// <summary>By the number, the checksum over what has arrived, and the bytes themselves.</summary>
    private bool IsWhole(ReadOnlySpan<byte> message, ulong number)
    {
        ReadOnlySpan<byte> body = message[HeadBytes..];
        return MemoryMarshal.Read<ulong>(message) == number && MemoryMarshal.Read<ulong>(message[8..]) == Sum(body, number) && body.SequenceEqual(Body(body.Length, number));
    }

    private ReadOnlySpan<byte> Body(int length, ulong number) => _pool.AsSpan((int)(number % (ulong)(_pool.Length - LongBytesMax)), length);

    /// <summary>A checksum that sees a byte changed, moved or missing; eight bytes a step.</summary>
    private static ulong Sum(ReadOnlySpan<byte> bytes, ulong seed)
    {
        ulong sum = seed;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
            sum = (ulong.RotateLeft(sum, 5) ^ word) * 0x9E3779B97F4A7C15;
        foreach (byte rest in bytes[(bytes.Length & ~7)..])
            sum = (ulong.RotateLeft(sum, 5) ^ rest) * 0x9E3779B97F4A7C15;
        return sum;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
