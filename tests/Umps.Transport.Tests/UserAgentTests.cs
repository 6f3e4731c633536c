using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Umps.Testing;
using Umps.Transport;
using Xunit;

namespace Umps.Tests;

public sealed class UserAgentTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(30);
    private readonly UserAgent _first, _second;

    public UserAgentTests()
    {
        IReadOnlyList<UserAgentOptions> options = UserAgentOptions.InProcess(2);
        _first = UserAgent.Initialize(options[0]);
        _second = UserAgent.Initialize(options[1]);
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(40)]
    [InlineData(41)]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(8192)]
    public void SendBuff_BlockOfAnyLength_ArrivesWhole(int length)
    {
        DataBlock block = _first.GetDataBlock(Math.Max(1, length));
        for (int i = 0; i < length; i++)
            block.Span[i] = (byte)(i * 7);

        _first.SendBuff(1, block, length);

        byte[] arrived = ReceiveOne(_second, sender: 0);
        Assert.Equal(length, arrived.Length);
        for (int i = 0; i < length; i++)
            Assert.Equal((byte)(i * 7), arrived[i]);
    }

    [Fact]
    public void SendBuff_Block_IsReadWhereItWasFilled()
    {
        DataBlock block = _first.GetDataBlock(8000);
        block.Span.Fill(1);
        ref byte sent = ref block.Span[0];
        nint sentAddress = Address(ref sent);
        _first.SendBuff(1, block, 8000);

        nint readAddress = 0;
        _second.Loop((_, bytes) =>
        {
            readAddress = Address(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(bytes));
            return false;
        }, s_long);

        Assert.Equal(sentAddress, readAddress);
    }

    [Fact]
    public void SendBuff_SpanOfOwnMemory_Arrives()
    {
        byte[] bytes = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 3))];

        _first.SendBuff(1, bytes);

        Assert.Equal(bytes, ReceiveOne(_second, sender: 0));
    }

    [Fact]
    public void FreeDataBlock_Twice_IsAnError()
    {
        DataBlock block = _first.GetDataBlock(5000);
        _first.FreeDataBlock(block);

        Assert.Equal(1022, Assert.Throws<UmpsException>(() => _first.FreeDataBlock(block)).ErrorId);
    }

    [Fact]
    public void DataBlock_AfterItWasSent_IsNotTheProgramsAnyMore()
    {
        DataBlock block = _first.GetDataBlock(100);
        _first.SendBuff(1, block, 100);
        ReceiveOne(_second, sender: 0);

        Assert.Equal(1022, Assert.Throws<UmpsException>(() => block.Span.Clear()).ErrorId);
        Assert.Equal(1022, Assert.Throws<UmpsException>(() => _first.SendBuff(1, block, 100)).ErrorId);
        Assert.Equal(1022, Assert.Throws<UmpsException>(() => _first.FreeDataBlock(block)).ErrorId);
        Assert.Equal(1022, Assert.Throws<UmpsException>(() => _second.FreeDataBlock(block)).ErrorId);
    }

    [Fact]
    public void GetDataBlock_TakenAndFreedAndSentManyTimes_NoUnitIsLost() => Seeds.Run(random =>
    {
        long free = Units(_first, "units-free");
        var held = new List<DataBlock>();
        for (int i = 0; i < 2000; i++)
        {
            int length = random.Next(1, 9000);
            held.Add(_first.GetDataBlock(length));
            if (held.Count < 20)
                continue;
            int at = random.Next(held.Count);
            DataBlock block = held[at];
            held.RemoveAt(at);
            if (random.Next(2) == 0)
            {
                _first.FreeDataBlock(block);
                continue;
            }
            // Often fewer bytes than the block holds: the units behind them go back at once.
            _first.SendBuff(1, block, random.Next(block.LengthBytes + 1));
            ReceiveOne(_second, sender: 0);
        }

        held.ForEach(block => _first.FreeDataBlock(block));
        // Units come home when the pool is short of them, or when as many are out as may be: taking all shows that all are there.
        for (int i = 0; i < free - 64; i++)
            held[i % held.Count] = _first.GetDataBlock(1);
        Assert.Equal(64, Units(_first, "units-free"));
    });

    [Fact]
    public void GetDataBlock_ProgramHoldsAll_IsAnError()
    {
        UmpsException? error = null;
        for (int i = 0; i < 10_000 && error is null; i++)
            error = (UmpsException?)Record.Exception(() => _first.GetDataBlock(2048));

        Assert.Equal(1021, error?.ErrorId);
    }

    [Fact]
    public void Loop_NothingComes_TimesOut()
    {
        Assert.Equal(LoopEnd.TimedOut, _first.Loop((_, _) => true, TimeSpan.FromMilliseconds(5)));
        Assert.Equal(LoopEnd.TimedOut, _first.Loop((_, _) => true, TimeSpan.Zero));
    }

    [Fact]
    public void Loop_Stopped_TheRestComesInTheNext()
    {
        for (byte i = 0; i < 10; i++)
            _first.SendBuff(1, [i]);

        var order = new List<byte>();
        LoopEnd end = _second.Loop((_, bytes) => { order.Add(bytes[0]); return order.Count < 3; }, s_long);
        Assert.Equal((LoopEnd.Stopped, 3), (end, order.Count));
        _second.Loop((_, bytes) => { order.Add(bytes[0]); return order.Count < 10; }, s_long);

        Assert.Equal(Enumerable.Range(0, 10).Select(i => (byte)i), order);
    }

    [Fact]
    public void Loop_PeerLeaves_DeliversWhatItSentThenSaysSo()
    {
        _first.SendBuff(1, [42]);
        _first.Release();

        int seen = 0;
        Assert.Equal(LoopEnd.PeersGone, _second.Loop((_, bytes) => { seen = bytes[0]; return true; }, s_long));

        Assert.Equal(42, seen);
        Assert.Equal(1023, Assert.Throws<UmpsException>(() => _second.SendBuff(0, [1])).ErrorId);
    }

    [Fact]
    public void Loop_FromItsOwnCallback_IsAnError()
    {
        _first.SendBuff(1, [1]);

        _second.Loop((_, _) =>
        {
            Assert.Throws<InvalidOperationException>(() => _second.Loop((_, _) => true, TimeSpan.Zero));
            return false;
        }, s_long);
    }

    /// <summary>Answers from inside the callback, with blocks and with spans; the sleeping side is woken each time a gap was long enough.</summary>
    [Fact]
    public async Task PingPong_TwoThreads_CountsUp()
    {
        const int Rounds = 3000;
        Task answering = Task.Run(() => Play(_second, peer: 0, Rounds));
        _first.SendBuff(1, BitConverter.GetBytes(1));
        await Task.Run(() => Play(_first, peer: 1, Rounds)).WaitAsync(s_long * 2);
        await answering.WaitAsync(s_long);

        Assert.Contains(_first.ShowState().Agents, agent => agent.Kind == AgentKind.Shm);
    }

    /// <summary>Both send far more than rings and units hold before either loops: each takes the other's in while it waits for room.</summary>
    [Fact]
    public async Task SendBuff_BothFloodEachOther_NeitherBlocks()
    {
        Task[] both = [Task.Run(() => Flood(_first, 1)), Task.Run(() => Flood(_second, 0))];

        await Task.WhenAll(both).WaitAsync(s_long * 2);
    }

    private static void Flood(UserAgent agent, int peer)
    {
        const int Messages = 3000;
        for (int i = 0; i < Messages; i++)
        {
            if (i % 3 == 0)
            {
                agent.SendBuff(peer, BitConverter.GetBytes(i));
                continue;
            }
            DataBlock block = agent.GetDataBlock(3000);
            BitConverter.TryWriteBytes(block.Span, i);
            agent.SendBuff(peer, block, 3000);
        }

        int next = 0;
        LoopEnd end = agent.Loop((_, bytes) =>
        {
            Assert.Equal(next++, BitConverter.ToInt32(bytes));
            return next < Messages;
        }, s_long);
        Assert.Equal(LoopEnd.Stopped, end);
    }

    private static void Play(UserAgent agent, int peer, int rounds)
    {
        LoopEnd end = agent.Loop((sender, bytes) =>
        {
            Assert.Equal(peer, sender);
            int number = BitConverter.ToInt32(bytes);
            if (number > rounds)
                return false;
            if (number % 2 == 0)
            {
                DataBlock block = agent.GetDataBlock(64);
                BitConverter.TryWriteBytes(block.Span, number + 1);
                agent.SendBuff(peer, block, 64);
            }
            else
            {
                agent.SendBuff(peer, BitConverter.GetBytes(number + 1));
            }
            return number < rounds;
        }, s_long);
        Assert.Equal(LoopEnd.Stopped, end);
    }

    private static byte[] ReceiveOne(UserAgent agent, int sender)
    {
        byte[]? arrived = null;
        LoopEnd end = agent.Loop((from, bytes) =>
        {
            Assert.Equal(sender, from);
            arrived = bytes.ToArray();
            return false;
        }, s_long);
        Assert.Equal(LoopEnd.Stopped, end);
        return arrived!;
    }

    private static long Units(UserAgent agent, string name) => agent.ShowState().Pool.Single(p => p.Key == name).Value;

    private static unsafe nint Address(ref byte first) => (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref first);
}
