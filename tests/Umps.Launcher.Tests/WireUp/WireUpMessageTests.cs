using System;
using System.IO;
using Umps.Testing;
using Umps.WireUp;
using Xunit;

namespace Umps.Tests.WireUp;

public sealed class WireUpMessageTests
{
    [Fact]
    public void Encode_Random_DecodesToTheSame() => Seeds.Run(random =>
    {
        byte[] body = new byte[random.Next(0, 1000)];
        random.NextBytes(body);
        var message = new WireUpMessage((WireUpKind)random.Next(1, 100), random.Next(-1, 5000), random.Next(), new string('ü', random.Next(0, 300)), body);

        byte[] bytes = message.Encode();
        WireUpMessage decoded = WireUpMessage.Decode(bytes[4..]);

        Assert.Equal(bytes.Length - 4, WireUpMessage.LengthOf(bytes));
        Assert.Equal((message.Kind, message.Rank, message.Number, message.Text), (decoded.Kind, decoded.Rank, decoded.Number, decoded.Text));
        Assert.Equal(body, decoded.Body.ToArray());
    });

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(-1)]
    [InlineData(WireUpMessage.BytesMax + 1)]
    public void LengthOf_Impossible_Throws(int length)
    {
        var error = Assert.Throws<WireUpException>(() => WireUpMessage.LengthOf(BitConverter.GetBytes(length)));

        Assert.Equal(ErrorId.Malformed, error.ErrorId);
    }

    /// <summary>A text that claims to be longer than its message must not read beyond it.</summary>
    [Fact]
    public void Decode_TextLongerThanMessage_Throws()
    {
        byte[] bytes = new WireUpMessage(WireUpKind.Put, 1, 2, "name").Encode()[4..];
        bytes[9] = 200;

        Assert.Equal(ErrorId.Malformed, Assert.Throws<WireUpException>(() => WireUpMessage.Decode(bytes)).ErrorId);
    }

    [Fact]
    public void Facts_CutAnywhere_ThrowAndNeverElse()
    {
        byte[] whole = new JobFacts
        {
            Rank = 2,
            NodeName = "node",
            NodeOfRank = [0, 0, 1],
            LocalIndexOfRank = [0, 1, 0],
            Secret = new byte[JobSecret.Bytes],
            Settings = [new("Umps:Transport:Agents:0", "Tcp")],
        }.Encode();

        for (int length = 0; length < whole.Length; length++)
            Assert.Throws<WireUpException>(() => JobFacts.Decode(whole.AsMemory(0, length)));
        JobFacts facts = JobFacts.Decode(whole);
        Assert.Equal((2, 3, "node", "Tcp"), (facts.Rank, facts.Size, facts.NodeName, facts.Settings[0].Value));
        Assert.Equal([0, 1, 0], facts.LocalIndexOfRank);
    }

    /// <summary>A login shell's greeting before the agent's mark is skipped; the first message behind it is whole.</summary>
    [Fact]
    public void SkipTo_GreetingBeforeMark_MessageFollows()
    {
        byte[] bytes = [.. "Welcome!\n\0UMP\0UMPS"u8, .. "\0UMPS\x01\r\n"u8, .. new WireUpMessage(WireUpKind.Alive, 7).Encode()];
        using var channel = new WireUpChannel(new MemoryStream(bytes), Stream.Null);

        bool found = channel.SkipTo("\0UMPS\x01\r\n"u8, 1000);

        Assert.True(found);
        Assert.Equal(7, channel.Receive()!.Value.Rank);
        Assert.Null(channel.Receive());
    }
}
