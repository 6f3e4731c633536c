using System;
using System.Collections.Generic;
using System.Text;
using Umps.Transport;
using Umps.Transport.Interop;
using Umps.WireUp;

namespace Umps;

/// <summary>A rank that umpsrun has started: joins its node agent, and keeps the line to it until the process ends.</summary>
internal sealed class LaunchedLink : JobLink
{
    /// <summary>umpsrun decides within 200 ms which rank failed first; this long its word is waited for.</summary>
    private static readonly TimeSpan s_verdict = TimeSpan.FromMilliseconds(500);

    private readonly WireUpClient _client;
    private readonly NodeMemory _memory;
    private (int Peer, string Lines) _found = (-1, "");      // the last that was asked: once for each agent that might reach it

    private LaunchedLink(WireUpClient client, NodeMemory memory)
    {
        _client = client;
        _memory = memory;
    }

    /// <summary>umpsrun's options, as configuration keys and values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings => _client.Facts.Settings;

    /// <summary>The rank that this process is.</summary>
    public int Rank => _client.Facts.Rank;

    /// <summary>Joins the job that this process was started for.</summary>
    /// <returns>Null where no launcher started it.</returns>
    /// <exception cref="MpiException">UMPS2003: it was started for a job, and cannot join it.</exception>
    public static LaunchedLink? TryJoin()
    {
        string? socket = Environment.GetEnvironmentVariable(RankEnvironment.Join);
        if (string.IsNullOrEmpty(socket))
            return null;
        string token = Environment.GetEnvironmentVariable(RankEnvironment.JoinToken) ?? "";
        NodeMemory? memory = null;
        try
        {
            LocalConnection connection = LocalConnection.Connect(socket, out Errno error) ?? throw WireUpClient.Unreachable($"connect to {socket}: {error}");
            WireUpClient client = WireUpClient.Join(connection, token, () => memory = NodeMemory.Receive(connection.SocketFd), EndAtOnce);
            return new LaunchedLink(client, memory!);
        }
        catch (Exception cause) when (cause is WireUpException or UmpsException)
        {
            memory?.Dispose();
            throw Throw.CannotJoin(cause);
        }
    }

    /// <summary>Makes the rank.</summary>
    public RankCore Start(MpiOptions options)
    {
        JobFacts facts = _client.Facts;
        // Arrays as they were decoded: a list's members over numbers are compiled anew in every rank that starts.
        int[] nodes = facts.NodeOfRank as int[] ?? [.. facts.NodeOfRank], places = facts.LocalIndexOfRank as int[] ?? [.. facts.LocalIndexOfRank];
        var peers = new PeerPlace[nodes.Length];
        bool oneNode = true;
        for (int i = 0; i < peers.Length; i++)
        {
            peers[i] = new PeerPlace(i, nodes[i], places[i]);
            oneNode &= nodes[i] == nodes[0];
        }

        var directory = new PeerDirectory
        {
            OwnId = facts.Rank,
            Peers = peers,
            Secret = facts.Secret,
            ListenAddresses = oneNode ? ["127.0.0.1"] : [],     // nobody from outside needs to come
            FindAddress = FindAddress,
        };
        Endpoint endpoint = Endpoint.Attach(_memory, directory, options.TransportOfRank);
        string addresses = PeerAddresses.Of(endpoint, options.Transport.Agents);
        if (addresses.Length > 0 || !oneNode)
            _client.Put(PeerAddresses.Name, Encoding.UTF8.GetBytes(addresses));
        var core = new RankCore(endpoint, new RankIdentity(facts.Rank, facts.Size, facts.NodeName, directory, this), options);
        _client.AnswerState(core.DescribeState);
        return core;
    }

    /// <summary>A fault of the configuration that the program does not handle is told by umpsrun, once: every rank has it, and its stack says nothing to whom it concerns.</summary>
    public void EndIfUnhandled(MpiException fault) => AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
    {
        if (!ReferenceEquals(unhandled.ExceptionObject, fault))
            return;
        _client.Failed(1, fault.Message, afterOther: false);
        RuntimeFiles.Remove(RuntimeFiles.Folder, [Environment.ProcessId]);
        Linux.ExitAtOnce(1);
    };

    /// <inheritdoc/>
    public override void Goodbye() => _client.Goodbye();

    /// <inheritdoc/>
    public override void Abort(int status, string reason)
    {
        _client.Abort(status, reason);
        // At once, without the program's handlers: this thread may be inside a call that one of them would wait for.
        RuntimeFiles.Remove(RuntimeFiles.Folder, [Environment.ProcessId]);
        Linux.ExitAtOnce(status);
    }

    /// <inheritdoc/>
    public override void Fail(int status, string reason, bool afterOther)
    {
        _client.Failed(status, reason, afterOther);
        // Whether this or another rank is the first cause is umpsrun's to decide, in a moment. One stack is enough: the cause's.
        if (_client.WaitForEnding(afterOther ? s_verdict : TimeSpan.Zero) is { } ending && ending.Rank != Rank)
            EndAtOnce();
    }

    /// <inheritdoc/>
    public override void TellLastState(string state) => _client.TellLastState(state);

    /// <inheritdoc/>
    public override string WhyAborted(int abortWord) =>
        _client.WaitForEnding(s_verdict) is { } ending ? ending.Why : $"abort word {abortWord}";

    /// <inheritdoc/>
    public override void Dispose() => _memory.Dispose();      // the line stays: when the node agent dies, this process must too

    private static void EndAtOnce()
    {
        RuntimeFiles.Remove(RuntimeFiles.Folder, [Environment.ProcessId]);
        Linux.Kill(Environment.ProcessId, 9);
    }

    private string FindAddress(int peer, AgentKind agent)
    {
        try
        {
            if (_found.Peer != peer)
                _found = (peer, Encoding.UTF8.GetString(_client.Get(peer, PeerAddresses.Name).Span));
            return PeerAddresses.Find(_found.Lines, agent);
        }
        catch (WireUpException cause)
        {
            throw new UmpsException(cause.ErrorId, cause.Message, cause);
        }
    }
}
