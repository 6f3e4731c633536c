using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Umps.Transport.Interop;
using Umps.WireUp;
using Xunit;
using ErrorId = Umps.WireUp.ErrorId;
using JoinListener = Umps.Launcher.JoinListener;

namespace Umps.Tests.WireUp;

/// <summary>Server and client of the wire-up over a real abstract socket, without descriptors.</summary>
public sealed class JoinTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly string _name = JobSecret.NewSocketName();
    private readonly WireUpBoard _board = new(3);
    private readonly BlockingCollection<WireUpMessage> _reports = [];
    private readonly WireUpServer _server;
    private readonly ManualResetEventSlim _lost = new();

    public JoinTests()
    {
        _server = Serve(_name, Linux.EffectiveUser());
        _server.Start();
    }

    public void Dispose()
    {
        _server.Dispose();
        _lost.Dispose();
        _reports.Dispose();
    }

    [Fact]
    public void Join_WithToken_LearnsWhoItIs()
    {
        WireUpClient client = Join("token1");

        Assert.Equal((1, 3), (client.Facts.Rank, client.Facts.Size));
        Assert.Equal((WireUpKind.Joined, 1), Next());
    }

    [Fact]
    public void Join_TokenTwice_IsRefused()
    {
        Join("token1");

        Assert.Equal(ErrorId.JoinRefused, Assert.Throws<WireUpException>(() => Join("token1")).ErrorId);
    }

    [Fact]
    public void Join_WrongToken_IsRefused() => Assert.Equal(ErrorId.JoinRefused, Assert.Throws<WireUpException>(() => Join("guess")).ErrorId);

    [Fact]
    public void Join_OtherUser_IsRefused()
    {
        string name = JobSecret.NewSocketName();
        using WireUpServer server = Serve(name, Linux.EffectiveUser() + 1);
        server.Start();

        var error = Assert.Throws<WireUpException>(() => Join(name, "token1"));

        Assert.Contains("another user", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Connect_NobodyThere_IsRefused()
    {
        Assert.Null(LocalConnection.Connect("umps-nobody", out Errno error));
        Assert.Equal(Errno.ECONNREFUSED, error);
    }

    /// <summary>Who asks before the peer has published waits, and gets the value when it comes.</summary>
    [Fact]
    public async Task Get_BeforePut_WaitsForIt()
    {
        WireUpClient asking = Join("token0"), publishing = Join("token1");

        Task<string> answer = Task.Run(() => Encoding.UTF8.GetString(asking.Get(1, "address").Span), TestContext.Current.CancellationToken);
        publishing.Put("address", "10.0.0.1:7"u8.ToArray());

        Assert.Equal("10.0.0.1:7", await answer.WaitAsync(s_limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Get_OfRankThatEnded_Throws()
    {
        WireUpClient asking = Join("token0");

        Task<ReadOnlyMemory<byte>> answer = Task.Run(() => asking.Get(2, "address"), TestContext.Current.CancellationToken);
        _board.RankEnded(2);

        Assert.Equal(ErrorId.NeverPut, (await Assert.ThrowsAsync<WireUpException>(() => answer.WaitAsync(s_limit))).ErrorId);
    }

    [Fact]
    public async Task Announce_WakesWhoWaits_AndRefusesWhoComes()
    {
        WireUpClient waiting = Join("token0");
        Task<ReadOnlyMemory<byte>> answer = Task.Run(() => waiting.Get(2, "address"), TestContext.Current.CancellationToken);

        _server.Announce(1, "rank 1 failed");

        Assert.Equal(ErrorId.Ending, (await Assert.ThrowsAsync<WireUpException>(() => answer.WaitAsync(s_limit))).ErrorId);
        Assert.Equal((1, "rank 1 failed"), waiting.WaitForEnding(s_limit));
        Assert.Contains("rank 1 failed", Assert.Throws<WireUpException>(() => Join("token2")).Message, StringComparison.Ordinal);
    }

    /// <summary>The fence opens when all ranks that live have come; one that has ended is not waited for.</summary>
    [Fact]
    public async Task Fence_OpensForAllThatLive()
    {
        WireUpClient first = Join("token0"), second = Join("token1");

        Task one = Task.Run(first.Fence, TestContext.Current.CancellationToken), two = Task.Run(second.Fence, TestContext.Current.CancellationToken);
        Assert.False(one.IsCompleted && two.IsCompleted);
        _board.RankEnded(2);

        await Task.WhenAll(one, two).WaitAsync(s_limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void LastWords_AreReadBeforeTheEnd()
    {
        WireUpClient client = Join("token2");
        client.Failed(3, "no disk", afterOther: false);
        client.Goodbye();

        Assert.Equal((WireUpKind.Joined, 2), Next());
        Assert.Equal((WireUpKind.Failed, 2), Next());
        Assert.Equal((WireUpKind.Goodbye, 2), Next());
    }

    [Fact]
    public void ServerGone_TellsTheRank()
    {
        Join("token0");

        _server.Dispose();

        Assert.True(_lost.Wait(s_limit, TestContext.Current.CancellationToken));
    }

    /// <summary>A stranger who says nothing, or garbage, holds up nobody.</summary>
    [Fact]
    public void Stranger_HoldsUpNobody()
    {
        using var silent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        silent.Connect(new UnixDomainSocketEndPoint("\0" + _name));
        using var loud = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        loud.Connect(new UnixDomainSocketEndPoint("\0" + _name));
        loud.Send("GET / HTTP/1.0\r\n\r\n and more than a header's bytes"u8);

        Assert.Equal(1, Join("token1").Facts.Rank);
        Assert.True(loud.Poll(s_limit, SelectMode.SelectRead));     // closed, or reset: what it sent is not answered
    }

    private WireUpServer Serve(string name, int user)
    {
        var tokens = new Dictionary<string, int> { ["token0"] = 0, ["token1"] = 1, ["token2"] = 2 };
        var facts = new JobFacts { Rank = -1, NodeName = "here", NodeOfRank = [0, 0, 0], LocalIndexOfRank = [0, 1, 2], Secret = JobSecret.New() };
        return new WireUpServer(new JoinListener(name), tokens, facts, _board, (_, _) => { }, _reports.Add, user);
    }

    private WireUpClient Join(string token) => Join(_name, token);

    private WireUpClient Join(string name, string token) => WireUpClient.Join(LocalConnection.Connect(name, out _)!, token, () => { }, _lost.Set);

    private (WireUpKind Kind, int Rank) Next()
    {
        Assert.True(_reports.TryTake(out WireUpMessage message, s_limit));
        return (message.Kind, message.Rank);
    }
}
