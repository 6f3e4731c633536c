using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Umps.WireUp;

/// <summary>A rank's side of joining, and its line to the node agent for as long as its process lives.</summary>
/// <remarks>
/// One thread sleeps in a read of the socket. It brings answers and the word that the job is being ended; and when the socket ends, the node agent is dead, and
/// the rank must not outlive it: <c>agentLost</c> is called. The connection stays open until the process ends, also after the rank has left.
/// </remarks>
internal sealed class WireUpClient
{
    private readonly Lock _gate = new();
    private readonly WireUpChannel _channel;
    // Keyed by text, and the end an object: tables over structs of ours would be compiled anew in every rank that starts.
    private readonly Dictionary<string, Question> _asked = [];
    private readonly TaskCompletionSource<EndingWord> _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action _agentLost;
    private Question? _fence;
    private volatile Func<string>? _describe;

    private WireUpClient(WireUpChannel channel, JobFacts facts, Action agentLost)
    {
        _channel = channel;
        Facts = facts;
        _agentLost = agentLost;
    }

    /// <summary>What the node agent says of the job.</summary>
    public JobFacts Facts { get; }

    /// <summary>Joins the job whose node agent started this process.</summary>
    /// <param name="connection">Connected to the abstract socket that <see cref="RankEnvironment.Join"/> names; the client's from now on.</param>
    /// <param name="token">As <see cref="RankEnvironment.JoinToken"/> says.</param>
    /// <param name="receiveDescriptors">Receives the node's memory over the connection.</param>
    /// <param name="agentLost">Called when the node agent is gone; on a thread of the client's own.</param>
    /// <exception cref="WireUpException">UMPS1201: there is no node agent. UMPS1202: it refuses. UMPS1203: what it says is not understood.</exception>
    public static WireUpClient Join(Stream connection, string token, Action receiveDescriptors, Action agentLost)
    {
        var channel = new WireUpChannel(connection, connection);
        try
        {
            channel.TrySend(new WireUpMessage(WireUpKind.Hello, Number: WireUpMessage.Version, Text: token));
            WireUpMessage answer = Expect(channel, WireUpKind.Welcome);
            receiveDescriptors();
            JobFacts facts = JobFacts.Decode(Expect(channel, WireUpKind.Facts).Body);
            var client = new WireUpClient(channel, facts with { Rank = answer.Rank }, agentLost);
            new Thread(client.Listen, 256 * 1024) { IsBackground = true, Name = "umps-wireup" }.Start();
            return client;
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    /// <summary>Publishes a value of this rank.</summary>
    public void Put(string name, ReadOnlyMemory<byte> value) => _channel.TrySend(new WireUpMessage(WireUpKind.Put, Facts.Rank, Text: name, Body: value));

    /// <summary>A value of another rank; waits until that rank has published it.</summary>
    /// <exception cref="WireUpException">UMPS1204: it has ended without. UMPS1205: the job is being ended.</exception>
    public ReadOnlyMemory<byte> Get(int rank, string name)
    {
        Question question;
        bool ask;
        lock (_gate)
        {
            ThrowIfEnding();
            string key = Key(rank, name);
            ask = !_asked.TryGetValue(key, out question!);
            if (ask)
                _asked[key] = question = new Question();
        }

        if (ask)
            _channel.TrySend(new WireUpMessage(WireUpKind.Get, rank, Text: name));
        question.Answered.Wait();
        lock (_gate)
        {
            if (question.Answer is { } value)
                return value;
            ThrowIfEnding();
        }

        throw new WireUpException(ErrorId.NeverPut, $"wire-up: rank {rank} has ended and never told its {name}: it has not called Mpi.Init. Every rank that is sent to must.");
    }

    /// <summary>Waits until every rank that has not ended has come here as often.</summary>
    /// <exception cref="WireUpException">UMPS1205: the job is being ended.</exception>
    public void Fence()
    {
        var question = new Question();
        lock (_gate)
        {
            ThrowIfEnding();
            _fence = question;
        }

        _channel.TrySend(new WireUpMessage(WireUpKind.Fence, Facts.Rank));
        question.Answered.Wait();
        lock (_gate)
            ThrowIfEnding();
    }

    /// <summary>Tells that the rank has left in order.</summary>
    public void Goodbye() => _channel.TrySend(new WireUpMessage(WireUpKind.Goodbye, Facts.Rank));

    /// <summary>Tells that the rank is dying.</summary>
    /// <param name="status">Exit status of the job, if the process does not get to have one.</param>
    /// <param name="reason">One sentence.</param>
    /// <param name="afterOther">It dies because another rank is gone: the first cause is to be looked for there.</param>
    public void Failed(int status, string reason, bool afterOther) =>
        _channel.TrySend(new WireUpMessage(afterOther ? WireUpKind.FailedAfterOther : WireUpKind.Failed, Facts.Rank, status, reason));

    /// <summary>From now on questions for the rank's state are answered.</summary>
    /// <param name="describe">Makes the text, on the thread that hears the node agent: it may wait for nothing that the program holds.</param>
    public void AnswerState(Func<string> describe) => _describe = describe;

    /// <summary>Tells the rank's last state.</summary>
    public void TellLastState(string state) => _channel.TrySend(new WireUpMessage(WireUpKind.State, Facts.Rank, Text: state));

    /// <summary>Ends the job.</summary>
    public void Abort(int status, string reason) => _channel.TrySend(new WireUpMessage(WireUpKind.Abort, Facts.Rank, status, reason));

    /// <summary>Whose failure ends the job (-1: no rank's), and why, as a sentence's end; null when the word of it does not come in time.</summary>
    public (int Rank, string Why)? WaitForEnding(TimeSpan timeout) => _ending.Task.Wait(timeout) ? (_ending.Task.Result.Rank, _ending.Task.Result.Why) : null;

    private void Listen()
    {
        try
        {
            while (_channel.Receive() is { } message)
                Take(message);
        }
        catch (WireUpException)
        {
            // An agent that sends garbage is as good as none.
        }

        End(-1, "the node agent is gone");
        _agentLost();
    }

    private void Take(in WireUpMessage message)
    {
        Question? answered = null;
        switch (message.Kind)
        {
            case WireUpKind.Value or WireUpKind.NoValue:
                lock (_gate)
                    _asked.Remove(Key(message.Rank, message.Text), out answered);
                if (answered is not null && message.Kind == WireUpKind.Value)
                    answered.Answer = message.Body;
                break;
            case WireUpKind.FencePassed:
                lock (_gate)
                    (answered, _fence) = (_fence, null);
                break;
            case WireUpKind.Ending:
                End(message.Rank, message.Text);
                break;
            case WireUpKind.ShowState:
                _channel.TrySend(new WireUpMessage(WireUpKind.State, Facts.Rank, message.Number, _describe?.Invoke() ?? "it is joining"));
                break;
            default:
                break;      // of a later version, and not for this one
        }

        answered?.Answered.Set();
    }

    private void End(int rank, string why)
    {
        List<Question> waiting;
        lock (_gate)
        {
            _ending.TrySetResult(new EndingWord(rank, why));
            waiting = [.. _asked.Values];
            if (_fence is not null)
                waiting.Add(_fence);
        }

        foreach (Question question in waiting)
            question.Answered.Set();
    }

    private void ThrowIfEnding()
    {
        if (_ending.Task.IsCompleted)
            throw new WireUpException(ErrorId.Ending, $"wire-up: the job is being ended: {_ending.Task.Result.Why}. Look at the first report.");
    }

    private static string Key(int rank, string name) => $"{rank} {name}";

    private static WireUpMessage Expect(WireUpChannel channel, WireUpKind kind)
    {
        WireUpMessage answer = channel.Receive() ?? throw Unreachable("it has closed the connection");
        if (answer.Kind == WireUpKind.Refused)
            throw new WireUpException(ErrorId.JoinRefused, $"wire-up: the node agent refuses this process: {answer.Text}.");
        return answer.Kind == kind
            ? answer
            : throw new WireUpException(ErrorId.Malformed, $"wire-up: the node agent says {answer.Kind}, expected {kind}. Build the program and umpsrun from the same release.");
    }

    /// <summary>UMPS1201.</summary>
    /// <param name="fact">What went wrong.</param>
    public static WireUpException Unreachable(string fact) => new(
        ErrorId.AgentUnreachable,
        $"wire-up: the node agent that started this process cannot be reached ({fact}). Start the program with umpsrun; or remove {RankEnvironment.Join} from its environment to run it as a world of one.");

    /// <summary>Whose failure ends the job, and why.</summary>
    private sealed record EndingWord(int Rank, string Why);

    /// <summary>Somebody waits for an answer; none: null stays.</summary>
    private sealed class Question
    {
        public ManualResetEventSlim Answered { get; } = new();

        public ReadOnlyMemory<byte>? Answer { get; set; }
    }
}
