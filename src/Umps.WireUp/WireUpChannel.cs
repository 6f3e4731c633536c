using System;
using System.Buffers.Binary;
using System.IO;
using System.Threading;

namespace Umps.WireUp;

/// <summary>Messages over a pair of streams: a join socket, or ssh's pipes. One thread receives; any may send.</summary>
/// <remarks>It never reads beyond the message it returns: on a join socket descriptors follow one of them.</remarks>
internal sealed class WireUpChannel : IDisposable
{
    private readonly Stream _input, _output;
    private readonly Lock _sending = new();

    /// <summary>Makes a channel that owns the streams; both may be the same.</summary>
    public WireUpChannel(Stream input, Stream output)
    {
        _input = input;
        _output = output;
    }

    /// <summary>Sends whole; blocks while the other end does not read.</summary>
    /// <returns>False when the other end is gone: whoever receives will see it too, and acts there.</returns>
    public bool TrySend(in WireUpMessage message)
    {
        byte[] bytes = message.Encode();
        lock (_sending)
        {
            try
            {
                _output.Write(bytes);
                _output.Flush();
                return true;
            }
            catch (Exception gone) when (gone is IOException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary>Waits for the next message.</summary>
    /// <returns>Null at the end of the stream, also in the middle of a message: the other end is gone.</returns>
    /// <exception cref="WireUpException">UMPS1203: what came is no message.</exception>
    public WireUpMessage? Receive()
    {
        byte[] length = new byte[4];
        if (!TryFill(length))
            return null;
        byte[] bytes = new byte[WireUpMessage.LengthOf(length)];
        return TryFill(bytes) ? WireUpMessage.Decode(bytes) : null;
    }

    /// <summary>Skips what comes before a mark: a login shell on another node may print a greeting first.</summary>
    /// <returns>False when the mark does not come within <paramref name="bytesMax"/>.</returns>
    public bool SkipTo(ReadOnlySpan<byte> mark, int bytesMax)
    {
        ulong wanted = BinaryPrimitives.ReadUInt64BigEndian(mark), seen = 0;
        byte[] one = new byte[1];
        for (int i = 0; i < bytesMax && TryFill(one); i++)
        {
            seen = seen << 8 | one[0];
            if (seen == wanted)
                return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _output.Dispose();
        _input.Dispose();
    }

    private bool TryFill(byte[] bytes)
    {
        try
        {
            return _input.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            return false;
        }
    }
}
