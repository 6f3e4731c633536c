using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MessagePack;
using MessagePack.Resolvers;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Messages that are objects.</summary>
public class ObjectTests
{
    [Fact]
    public void SendObject_RecordsListsNulls_Arrive()
    {
        var order = new Order("bolts", 12, [1.5, 2.5], new Dictionary<string, int> { ["a"] = 1 });

        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                comm.SendObject(order, 1, tag: 3);
                comm.SendObject<string?>(null, 1);
                comm.SendObject("text", 1);
                comm.SendObject(Enumerable.Range(0, 5).ToList(), 1);
            }
            else
            {
                Order received = comm.RecvObject<Order>(0, 3, out Status status);
                Assert.Equal(3, status.Tag);
                Assert.Equal(order.Name, received.Name);
                Assert.Equal(order.Prices, received.Prices);
                Assert.Equal(order.Stock, received.Stock);
                Assert.Null(comm.RecvObject<string?>());
                Assert.Equal("text", comm.RecvObject<string>());
                Assert.Equal([0, 1, 2, 3, 4], comm.RecvObject<int[]>());
            }
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(70_000)]
    [InlineData(10_000_000)]
    public void SendObject_AnyLength_Arrives(int length)
    {
        string text = new('y', length);

        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                comm.SendObject(text, 1);
                comm.SendObject(text, 1, tag: 1);
                comm.Send(0, 1, tag: 2);
            }
            else
            {
                Assert.Equal(text, comm.RecvObject<string>(0));
                Assert.Equal(text, comm.RecvObject<string>(0, 1));
                comm.Recv<int>(0, 2);
            }
        });
    }

    [Fact]
    public void ObjectAsync_BothWays()
    {
        RankHost.RunAsync(2, async comm =>
        {
            int other = 1 - comm.Rank;
            string big = new((char)('a' + comm.Rank), 400_000);
            Task<string> receive = comm.RecvObjectAsync<string>(other, 1);
            await comm.SendObjectAsync(big, other, 1);
            Assert.Equal(new string((char)('a' + other), 400_000), await receive);
        });
    }

    [Fact]
    public void RecvObject_OfOtherType_Throws()
    {
        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                comm.SendObject("text", 1);
                comm.Send(42, 1);
                comm.SendObject("text", 1);
            }
            else
            {
                var error = Assert.Throws<MpiException>(() => comm.RecvObject<int[]>(0));
                Assert.Equal(2112, error.ErrorId);
                Assert.Equal(MpiErrorClass.Type, error.ErrorClass);
                Assert.Contains("Comm.RecvObject<System.Int32[]>", error.Message, StringComparison.Ordinal);
                error = Assert.Throws<MpiException>(() => comm.RecvObject<int>(0));
                Assert.Equal(2102, error.ErrorId);
                Assert.Contains("elements of int; the receive takes an object (SendObject)", error.Message, StringComparison.Ordinal);
                Assert.Equal(2102, Assert.Throws<MpiException>(() => comm.Recv<int>(0)).ErrorId);
            }
        });
    }

    [Fact]
    public void SendObject_NoFormatter_ThrowsAndNamesTheType()
    {
        RankHost.Run(1, comm =>
        {
            MessagePackSerializerOptions none = MessagePackSerializerOptions.Standard.WithResolver(BuiltinResolver.Instance);
            var error = Assert.Throws<MpiException>(() => comm.SendObject(new Order("x", 1, [], []), 0, serializer: none));
            Assert.Equal(2112, error.ErrorId);
            Assert.Contains(nameof(Order), error.Message, StringComparison.Ordinal);
            Assert.Contains("resolver has a formatter", error.Message, StringComparison.Ordinal);
            Assert.NotNull(error.InnerException);
        });
    }

    [Fact]
    public void SendObject_OwnOptions_AreUsed()
    {
        RankHost.Run(1, comm =>
        {
            MessagePackSerializerOptions compressed = ContractlessStandardResolver.Options.WithCompression(MessagePackCompression.Lz4Block);
            string text = new('z', 100_000);
            comm.SendObject(text, 0, serializer: compressed);
            Assert.InRange(comm.Probe().LengthBytes, 1, 10_000);
            Assert.Equal(text, comm.RecvObject<string>(serializer: compressed));
        });
    }

    public sealed record Order(string Name, int Count, List<double> Prices, Dictionary<string, int> Stock);
}
