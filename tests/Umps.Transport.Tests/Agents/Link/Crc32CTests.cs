using System;
using System.Text;
using Umps.Testing;
using Umps.Transport.Agents.Link;
using Xunit;

namespace Umps.Tests.Agents.Link;

/// <summary>The checksum of frames, against its definition.</summary>
public sealed unsafe class Crc32CTests
{
    /// <summary>RFC 3720, B.4, and the check value of the catalogues.</summary>
    [Fact]
    public void Of_KnownBytes_IsTheKnownSum()
    {
        Assert.Equal(0xE3069283, Of(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x8A9136AAu, Of(new byte[32]));
        Assert.Equal(0u, Of(default));
    }

    [Fact]
    public void Of_EveryLength_IsTheSumBitByBit() => Seeds.Run(random =>
    {
        var bytes = new byte[9020];
        random.NextBytes(bytes);

        for (int length = 0; length <= bytes.Length; length += length < 64 ? 1 : random.Next(1, 60))
        {
            int at = random.Next(bytes.Length - length + 1);
            Assert.Equal(BitByBit(bytes.AsSpan(at, length)), Of(bytes.AsSpan(at, length)));
        }
    });

    private static uint Of(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
            return Crc32C.Of(first, bytes.Length);
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78 : 0);
        }
        return ~crc;
    }
}
