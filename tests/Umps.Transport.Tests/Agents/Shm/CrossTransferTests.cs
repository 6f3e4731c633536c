using System;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Agents.Shm;
using Xunit;

namespace Umps.Tests.Agents.Shm;

/// <summary>A message that both sides copy: receiver from the front, sender from the back. Within a process plainly, and, over two mappings of one memory that do not know of
/// each other, through the kernel.</summary>
public sealed unsafe class CrossTransferTests
{
    private const ulong Cookie = 0x1_0000_0007;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public static readonly TheoryData<bool> Ways = [false, true];

    /// <summary>Lengths around the borders of chunks, whoever is faster.</summary>
    [Theory, MemberData(nameof(Ways))]
    public void Copy_ByTwoThreads_EveryByteOnce(bool throughKernel)
    {
        using var pair = new Pair(throughKernel);
        Seeds.Run(1, seed =>
        {
            var random = new Random(seed);
            int[] edges = [1, 4096, 16 << 10, 32 << 10, 64 << 10, 128 << 10, 512 << 10, 1 << 20, 3 << 20];
            for (int i = 0; i < 60; i++)
            {
                int length = Math.Max(1, edges[random.Next(edges.Length)] + random.Next(-2, 3) + (random.Next(3) == 0 ? random.Next(100_000) : 0));
                Copy(pair, length, random.Next(200), helperWaits: random.Next(100));
            }
        });
        Assert.True(pair.SharedBytes > 0, pair.Sender.ShowState().ToString());
    }

    [Theory, MemberData(nameof(Ways))]
    public void Copy_SenderNeverHelps_CompletesAlone(bool throughKernel)
    {
        using var pair = new Pair(throughKernel);
        using var data = new Buffers(5_000_000);
        CrossTransfer transfer = pair.Open(data);

        while (pair.Receiver.AdvanceTransfer(ref transfer) is var step && step != CopyStep.Complete)
            Assert.Equal(CopyStep.Copied, step);

        data.AssertCopied();
        Assert.Equal(0, pair.SharedBytes);
    }

    /// <summary>All chunks claimed is not all done.</summary>
    [Theory, MemberData(nameof(Ways))]
    public void Copy_AllClaimed_WaitsForTheSender(bool throughKernel)
    {
        using var pair = new Pair(throughKernel);
        using var data = new Buffers(1 << 20);
        CrossTransfer transfer = pair.Open(data);
        int helped = 0;

        // The sender has all but the first chunk.
        Assert.Equal(CopyStep.Copied, pair.Receiver.AdvanceTransfer(ref transfer));
        while (pair.Sender.TryFindOffer(1, out TransferOffer offer))
        {
            Assert.Equal(Cookie, offer.SenderCookie);
            Assert.Equal(1 << 20, offer.LengthBytes);
            Assert.True(pair.Sender.CopyShare(in offer, data.Source));
            helped++;
        }

        Assert.True(helped >= 1);
        Assert.Equal(CopyStep.Complete, pair.Receiver.AdvanceTransfer(ref transfer));
        data.AssertCopied();
    }

    /// <summary>An offer read before the receiver claimed is no offer any more.</summary>
    [Fact]
    public void CopyShare_OfferOutdated_CopiesNothing()
    {
        using var pair = new Pair(throughKernel: false);
        using var data = new Buffers(1 << 20);
        CrossTransfer transfer = pair.Open(data);
        Assert.True(pair.Sender.TryFindOffer(1, out TransferOffer offer));
        Assert.Equal(CopyStep.Copied, pair.Receiver.AdvanceTransfer(ref transfer));

        Assert.False(pair.Sender.CopyShare(in offer, data.Source));
        Assert.True(pair.Sender.TryFindOffer(1, out offer));
        Assert.True(pair.Sender.CopyShare(in offer, data.Source));
    }

    /// <summary>The sender cannot write: what it had claimed is read by the receiver, and it claims no more.</summary>
    [Fact]
    public void Copy_SenderCannotWrite_ReceiverReadsItsShare()
    {
        using var pair = new Pair(throughKernel: true);
        using var data = new Buffers(1 << 20);
        CrossTransfer transfer = pair.Open(data);
        Assert.Equal(CopyStep.Copied, pair.Receiver.AdvanceTransfer(ref transfer));
        Assert.True(pair.Sender.TryFindOffer(1, out TransferOffer offer));
        offer.TargetPlace = 4096;       // nothing is mapped there

        Assert.True(pair.Sender.CopyShare(in offer, data.Source));
        while (pair.Receiver.AdvanceTransfer(ref transfer) is var step && step != CopyStep.Complete)
            Assert.Equal(CopyStep.Copied, step);

        data.AssertCopied();
        pair.Receiver.EndTransfer(in transfer);
        CrossTransfer second = pair.Open(data);
        Assert.True(pair.Sender.TryFindOffer(1, out offer));
        Assert.False(pair.Sender.CopyShare(in offer, data.Source));
        Assert.False(pair.Sender.TryFindOffer(1, out _));
        Assert.Equal(CopyStep.Copied, pair.Receiver.AdvanceTransfer(ref second));
    }

    /// <summary>The receiver cannot read: it says so, once nobody copies any more.</summary>
    [Fact]
    public void Copy_ReceiverCannotRead_Fails()
    {
        using var pair = new Pair(throughKernel: true);
        using var data = new Buffers(1 << 20);
        var transfer = default(CrossTransfer);
        Assert.True(pair.Receiver.TryOpenTransfer(0, Cookie, 4096, data.Target, ref transfer));

        Assert.Equal(CopyStep.Failed, pair.Receiver.AdvanceTransfer(ref transfer));
        Assert.False(pair.Sender.TryFindOffer(1, out _));
    }

    /// <summary>Where the kernel may not copy, memory that both map still can be.</summary>
    [Fact]
    public void CanPull_CrossCopyOff_OnlyNodeMemory()
    {
        using var pair = new Pair(throughKernel: true, new TransportOptions { Shm = new ShmOptions { CrossCopy = false } });
        using var data = new Buffers(100);

        Assert.False(pair.Receiver.CanCopyAcross(0));
        Assert.False(pair.Receiver.CanPull(0, data.Source.Address, 100));
        Assert.True(pair.Receiver.CanPull(0, ~0x10000L, 100));
        Assert.False(pair.Receiver.CanPull(0, long.MinValue, 100));
    }

    /// <summary>Lines are used in turn; one that lasts longer than those after it holds no more than the eighth.</summary>
    [Fact]
    public void Open_MoreThanLines_WaitsForTheOldest()
    {
        using var pair = new Pair(throughKernel: false);
        using var data = new Buffers(100_000);
        CrossTransfer[] open = [.. Enumerable.Range(0, 8).Select(_ => pair.Open(data))];
        var one = default(CrossTransfer);
        Assert.False(pair.Receiver.TryOpenTransfer(0, Cookie, data.Source.Address, data.Target, ref one));

        Finish(pair, ref open[3]);
        Assert.False(pair.Receiver.TryOpenTransfer(0, Cookie, data.Source.Address, data.Target, ref one));
        Finish(pair, ref open[0]);
        Assert.True(pair.Receiver.TryOpenTransfer(0, Cookie, data.Source.Address, data.Target, ref one));
        Assert.False(pair.Receiver.TryOpenTransfer(0, Cookie, data.Source.Address, data.Target, ref one));

        int offers = 0;
        while (pair.Sender.TryFindOffer(1, out TransferOffer offer))
        {
            pair.Sender.SkipOffer(in offer);
            offers++;
        }
        Assert.Equal(7, offers);        // all but the fourth, which is copied already; the first line serves the ninth
    }

    /// <summary>A buffer that goes back to the program is written no more.</summary>
    [Fact]
    public void Close_ClaimsAll_SenderFindsNothing()
    {
        using var pair = new Pair(throughKernel: false);
        using var data = new Buffers(1 << 20);
        CrossTransfer transfer = pair.Open(data);

        Assert.True(pair.Receiver.CloseTransfer(ref transfer, s_patience));

        Assert.False(pair.Sender.TryFindOffer(1, out _));
    }

    [Fact]
    public void Withdraw_ReceiverFindsNothingToClaim()
    {
        using var pair = new Pair(throughKernel: false);
        using var data = new Buffers(1 << 20);
        CrossTransfer transfer = pair.Open(data);

        pair.Sender.WithdrawOffers(1, s_patience);

        Assert.Equal(CopyStep.Waiting, pair.Receiver.AdvanceTransfer(ref transfer));
        Assert.All(data.TargetBytes.ToArray(), each => Assert.Equal(0, each));
    }

    private static void Finish(Pair pair, ref CrossTransfer transfer)
    {
        while (pair.Receiver.AdvanceTransfer(ref transfer) != CopyStep.Complete)
        {
        }
        pair.Receiver.EndTransfer(in transfer);
    }

    private static void Copy(Pair pair, int length, int offset, int helperWaits)
    {
        using var data = new Buffers(length + offset);
        NativeSpan source = data.Source.Slice(offset, length), target = data.Target.Slice(offset, length);
        var transfer = default(CrossTransfer);
        Assert.True(pair.Receiver.TryOpenTransfer(0, Cookie, source.Address, target, ref transfer));
        int done = 0;
        var helper = new Thread(() =>
        {
            Thread.SpinWait(helperWaits * 100);
            while (Volatile.Read(ref done) == 0)
            {
                if (pair.Sender.TryFindOffer(1, out TransferOffer offer))
                    pair.Sender.CopyShare(in offer, source);
            }
        });
        helper.Start();
        Deadline deadline = Deadline.After(30);
        while (pair.Receiver.AdvanceTransfer(ref transfer) is var step && step != CopyStep.Complete)
        {
            Assert.True(step is CopyStep.Copied or CopyStep.Waiting, $"{step} of {length} bytes");
            Assert.False(deadline.HasPassed, $"{length} bytes\n{pair.Receiver.ShowState()}\n{pair.Sender.ShowState()}");
        }
        Volatile.Write(ref done, 1);
        helper.Join();
        pair.Receiver.EndTransfer(in transfer);
        Assert.True(source.AsSpan().SequenceEqual(target.AsSpan()), $"{length} bytes came wrong");
        Assert.True(data.TargetBytes[..offset].IndexOfAnyExcept((byte)0) < 0, "bytes before the buffer were written");
    }

    /// <summary>Endpoint 0 sends, endpoint 1 receives; a message has gone, so that the pair's block exists.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly KernelAgent _agent;
        private readonly NodeMemory _first, _second;

        public Pair(bool throughKernel, TransportOptions? options = null)
        {
            options = (options ?? new TransportOptions()) with { Agents = [AgentKind.Shm] };
            _agent = KernelAgent.Create(2, options);
            _first = _agent.Share();
            _second = throughKernel ? Join(_agent) : _agent.Share();
            PeerPlace[] peers = [new PeerPlace(0, 0, 0), new PeerPlace(1, 0, 1)];
            Sender = Endpoint.Attach(_first, new PeerDirectory { OwnId = 0, Peers = peers, Secret = new byte[32] }, options);
            Receiver = Endpoint.Attach(_second, new PeerDirectory { OwnId = 1, Peers = peers, Secret = new byte[32] }, options);
            Assert.True(Sender.TrySend(1, default, default));
            var recorder = new Recorder();
            var handler = new RecordingHandler(recorder);
            while (recorder.Messages.Count == 0)
                Receiver.Poll(ref handler);
            if (throughKernel && options.Shm.CrossCopy)
                Assert.SkipUnless(Receiver.CanCopyAcross(0) && Sender.CanCopyAcross(1), "process_vm_readv is not allowed here");
            else
                Receiver.CanCopyAcross(0);
        }

        public Endpoint Sender { get; }

        public Endpoint Receiver { get; }

        /// <summary>What the sender has copied.</summary>
        public long SharedBytes => Sender.ShowState().Agents[0].Counters.First(counter => counter.Key == "copied-for-peer-bytes").Value;

        public CrossTransfer Open(Buffers data)
        {
            var transfer = default(CrossTransfer);
            Assert.True(Receiver.TryOpenTransfer(0, Cookie, data.Source.Address, data.Target, ref transfer));
            return transfer;
        }

        public void Dispose()
        {
            Sender.Dispose();
            Receiver.Dispose();
            _second.Dispose();
            _first.Dispose();
            _agent.Dispose();
        }

        private static NodeMemory Join(KernelAgent agent)
        {
            string name = "\0umps-test-" + Guid.NewGuid().ToString("N");
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(name));
            listener.Listen(1);
            using var here = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            here.Connect(new UnixDomainSocketEndPoint(name));
            using Socket there = listener.Accept();
            agent.SendDescriptors(here);
            return NodeMemory.Receive(there);
        }
    }

    private sealed class Buffers : IDisposable
    {
        private readonly byte* _source, _target;
        private readonly int _length;

        public Buffers(int length)
        {
            _length = length;
            _source = (byte*)NativeMemory.Alloc((nuint)length);
            _target = (byte*)NativeMemory.AllocZeroed((nuint)length);
            new Random(length).NextBytes(new Span<byte>(_source, length));
        }

        public NativeSpan Source => new((nint)_source, _length);

        public NativeSpan Target => new((nint)_target, _length);

        public ReadOnlySpan<byte> TargetBytes => new(_target, _length);

        public void AssertCopied() => Assert.True(Source.AsSpan().SequenceEqual(TargetBytes), "the bytes came wrong");

        public void Dispose()
        {
            NativeMemory.Free(_source);
            NativeMemory.Free(_target);
        }
    }
}
