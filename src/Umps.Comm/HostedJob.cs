using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Threading;
using Umps.Transport;

namespace Umps;

/// <summary>A job whose ranks are threads of this process: one node's memory, an endpoint a rank, the same core as in a process of its own.</summary>
internal sealed class HostedJob : JobLink
{
    private readonly MpiOptions _options;
    private readonly Action<Comm> _body;
    private readonly KernelAgent _agent;
    private readonly NodeMemory _memory;
    private readonly RankCore[] _ranks;
    private readonly Lock _lock = new();
    private Exception? _cause;          // the first failure: what the others die of is a consequence
    private int _causeRank;

    public HostedJob(int ranks, Action<Comm> body, MpiOptions options)
    {
        _options = options;
        _body = body;
        _ranks = new RankCore[ranks];
        _agent = KernelAgent.Create(ranks, options.Transport);
        _memory = _agent.Share();
    }

    /// <summary>Attaches all ranks, then runs the body on each, on a thread of its own; returns when all have ended.</summary>
    /// <exception cref="MpiException">A rank failed.</exception>
    public void Run()
    {
        Attach();
        var threads = new Thread[_ranks.Length];
        for (int i = 0; i < threads.Length; i++)
        {
            int rank = i;
            threads[i] = new Thread(() => RunRank(rank)) { IsBackground = true, Name = $"umps-rank-{i}" };
        }
        foreach (Thread thread in threads)
            thread.Start();
        Join(threads);
    }

    /// <inheritdoc/>
    public override void Goodbye()
    {
        // every rank's end is seen by Join
    }

    /// <inheritdoc/>
    public override void Fail(int status, string reason, bool afterOther)
    {
        // an unhandled exception on a thread of the program's own ends the process
    }

    /// <inheritdoc/>
    public override void Abort(int status, string reason)
    {
        var error = new MpiException(
            MpiErrorClass.Aborted, ErrorId.Aborted, -1, $"UMPS{ErrorId.Aborted} {reason}. The job is being ended.");
        Fail(-1, error);
        throw error;
    }

    /// <inheritdoc/>
    public override void TellLastState(string state) => Report.Write(state);

    /// <inheritdoc/>
    public override string WhyAborted(int abortWord)
    {
        lock (_lock)
        {
            return _cause is null ? $"abort word {abortWord}"
                : _causeRank < 0 ? _cause.Message
                : $"rank {_causeRank} failed: {_cause.GetType().Name}: {_cause.Message}";
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _memory.Dispose();
        _agent.Dispose();
    }

    private void Attach()
    {
        byte[] secret = RandomNumberGenerator.GetBytes(32);
        var peers = new PeerPlace[_ranks.Length];
        for (int i = 0; i < peers.Length; i++)
            peers[i] = new PeerPlace(i, Node: 0, LocalIndex: i);
        for (int i = 0; i < _ranks.Length; i++)
        {
            var directory = new PeerDirectory
            {
                OwnId = i,
                Peers = peers,
                Secret = secret,
                ListenAddresses = ["127.0.0.1"],
                FindAddress = (peer, agent) => _ranks[peer].Endpoint.AddressOf(agent),
            };
            var identity = new RankIdentity(i, _ranks.Length, Environment.MachineName, directory, this);
            _ranks[i] = new RankCore(Endpoint.Attach(_memory, directory, _options.Transport), identity, _options);
        }
    }

    private void RunRank(int rank)
    {
        RankCore core = _ranks[rank];
        bool orderly = false;
        core.Progress.StartProgram();
        try
        {
            _body(core.World);
            orderly = true;
        }
        catch (Exception error)
        {
            Fail(rank, error);
        }
        try
        {
            foreach (string line in core.Close(orderly))
                Report.Write(line);
            core.TellLastState();
        }
        catch (Exception error)
        {
            Fail(rank, error);
        }
    }

    private void Fail(int rank, Exception error)
    {
        lock (_lock)
        {
            if (_cause is not null)
                return;
            _cause = error;
            _causeRank = rank;
        }
        _agent.Abort(1);
    }

    private void Join(Thread[] threads)
    {
        long deadline = 0;
        List<int> computing = [];
        for (int i = 0; i < threads.Length; i++)
        {
            while (!threads[i].Join(TimeSpan.FromMilliseconds(50)))
            {
                if (deadline == 0 && IsFailed())
                    deadline = Stopwatch.GetTimestamp() + (long)(_options.HostDeadlineSeconds * Stopwatch.Frequency);
                if (deadline != 0 && Stopwatch.GetTimestamp() > deadline)
                {
                    computing.Add(i);
                    break;
                }
            }
        }

        if (computing.Count == 0)
            Dispose();          // else the memory stays mapped: those threads still use it
        if (_cause is null)
            return;
        string consequence = computing.Count == 0
            ? ""
            : Throw.RanksStillCompute($"rank{(computing.Count > 1 ? "s" : "")} {string.Join(", ", computing)}", _options.HostDeadlineSeconds);
        throw Throw.RankFailed(_causeRank, _ranks.Length, _cause, consequence);
    }

    private bool IsFailed()
    {
        lock (_lock)
            return _cause is not null;
    }
}
