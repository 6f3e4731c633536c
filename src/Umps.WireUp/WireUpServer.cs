using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;

namespace Umps.WireUp;

/// <summary>The node agent's side of joining: admits the node's ranks on an abstract Unix socket, and serves them until they end.</summary>
/// <remarks>
/// Admitted is who has this user's id (SO_PEERCRED, the kernel's word) and a token that has not been used. A thread a rank: it sleeps in a read, and
/// neither a slow rank nor a stranger who connects and says nothing holds up the others.
/// What a rank says of itself goes to <c>report</c>; an unexpected end of the connection is not reported: the process's end is, by who watches processes.
/// </remarks>
internal sealed class WireUpServer : IDisposable
{
    private const int HelloMillisecondsMax = 20_000;
    private const int StackBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly IJoinListener _listener;
    private readonly Dictionary<string, int> _tokens;                       // not yet used
    private readonly Dictionary<int, Rank> _ranks = [];                     // joined, by rank
    private readonly JobFacts _facts;
    private readonly IWireUpBoard _board;
    private readonly Action<Stream, int> _sendDescriptors;
    private readonly Action<WireUpMessage> _report;
    private readonly int _user;
    private WireUpMessage? _ending;

    /// <summary>Makes the server; <see cref="Start"/> begins to admit.</summary>
    /// <param name="listener">Where the ranks come to; the server's from now on.</param>
    /// <param name="tokens">Rank of each token.</param>
    /// <param name="facts">What every rank is told; its own number is filled in.</param>
    /// <param name="board">Where values are published.</param>
    /// <param name="sendDescriptors">Sends the node's memory over the join socket to this rank.</param>
    /// <param name="report">Takes Joined, Goodbye, Failed, FailedAfterOther, Abort and State; from any thread.</param>
    /// <param name="user">The only user id that is admitted.</param>
    public WireUpServer(
        IJoinListener listener, IReadOnlyDictionary<string, int> tokens, JobFacts facts, IWireUpBoard board,
        Action<Stream, int> sendDescriptors, Action<WireUpMessage> report, int user)
    {
        _listener = listener;
        _tokens = new Dictionary<string, int>(tokens);
        _facts = facts;
        _board = board;
        _sendDescriptors = sendDescriptors;
        _report = report;
        _user = user;
    }

    /// <summary>Begins to admit.</summary>
    public void Start() => Run("umps-join", Accept);

    /// <summary>Tells every rank that has joined, and those that come later, that the job is being ended.</summary>
    /// <param name="rank">Whose failure ends it; -1: no rank's.</param>
    /// <param name="why">As a sentence's end.</param>
    public void Announce(int rank, string why)
    {
        List<Rank> joined;
        lock (_gate)
        {
            _ending = new WireUpMessage(WireUpKind.Ending, rank, Text: why);
            joined = [.. _ranks.Values];
        }

        foreach (Rank one in joined)
            one.Channel.TrySend(_ending.Value);
    }

    /// <summary>Asks every rank that has joined for its state, but none that owes an answer: one that is stopped reads nothing, and its socket would fill.</summary>
    /// <param name="number">What the answers have; not 0.</param>
    public void AskForState(int number)
    {
        List<Rank> joined;
        lock (_gate)
        {
            joined = [.. _ranks.Values];
        }

        foreach (Rank one in joined)
        {
            if (one.OwesState)
                continue;
            one.OwesState = true;
            one.Channel.TrySend(new WireUpMessage(WireUpKind.ShowState, one.Number, number));
        }
    }

    /// <summary>Waits until everything has been read that a rank has said; called when its process has ended.</summary>
    public void Drain(int rank, TimeSpan timeout)
    {
        Rank? joined;
        lock (_gate)
            _ranks.TryGetValue(rank, out joined);
        joined?.Ended.Wait(timeout);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        lock (_gate)
        {
            foreach (Rank rank in _ranks.Values)
                rank.Channel.Dispose();
        }
    }

    private void Accept()
    {
        while (_listener.Accept() is { } connection)
        {
            Stream accepted = connection;
            Run("umps-wireup", () => Serve(accepted));
        }
    }

    private void Serve(Stream connection)
    {
        using var channel = new WireUpChannel(connection, connection);
        Rank? rank = null;
        try
        {
            rank = Admit(connection, channel);
            if (rank is not null)
                Listen(rank);
        }
        catch (Exception garbage) when (garbage is WireUpException or IOException or ObjectDisposedException)
        {
            // The other end sent no message of ours, or is gone: closing the connection tells it so.
        }
        finally
        {
            rank?.Ended.Set();
        }
    }

    private Rank? Admit(Stream connection, WireUpChannel channel)
    {
        if (_listener.UserOf(connection) != _user)
            return Refuse(channel, "the process belongs to another user");

        connection.ReadTimeout = HelloMillisecondsMax;
        if (channel.Receive() is not { Kind: WireUpKind.Hello } hello)
            return null;
        connection.ReadTimeout = Timeout.Infinite;
        if (hello.Number != WireUpMessage.Version)
            return Refuse(channel, $"the program's library speaks version {hello.Number} of the wire-up, umpsrun version {WireUpMessage.Version}; build both from the same release");

        Rank rank;
        lock (_gate)
        {
            if (_ending is { } ending)
                return Refuse(channel, $"the job is being ended: {ending.Text}");
            if (!_tokens.Remove(hello.Text, out int number))
                return Refuse(channel, "another process has joined in its place, or has been this rank before; a program that a rank starts is no rank: remove UMPS_JOIN from its environment");
            rank = new Rank(number, channel);
        }

        channel.TrySend(new WireUpMessage(WireUpKind.Welcome, rank.Number));
        _sendDescriptors(connection, rank.Number);
        channel.TrySend(new WireUpMessage(WireUpKind.Facts, rank.Number, Body: (_facts with { Rank = rank.Number }).Encode()));
        _report(new WireUpMessage(WireUpKind.Joined, rank.Number));
        WireUpMessage? late;
        lock (_gate)
        {
            _ranks.Add(rank.Number, rank);
            late = _ending;
        }

        if (late is not null)
            channel.TrySend(late.Value);
        return rank;
    }

    private static Rank? Refuse(WireUpChannel channel, string why)
    {
        channel.TrySend(new WireUpMessage(WireUpKind.Refused, Text: why));
        return null;
    }

    private void Listen(Rank rank)
    {
        while (rank.Channel.Receive() is { } message)
        {
            switch (message.Kind)
            {
                case WireUpKind.Put:
                    _board.Put(rank.Number, message.Text, message.Body);
                    break;
                case WireUpKind.Get:
                    _board.Get(message.Rank, message.Text, value => rank.Channel.TrySend(value is null
                        ? message with { Kind = WireUpKind.NoValue }
                        : message with { Kind = WireUpKind.Value, Body = value.Value }));
                    break;
                case WireUpKind.Fence:
                    _board.Fence(rank.Number, () => rank.Channel.TrySend(new WireUpMessage(WireUpKind.FencePassed, rank.Number)));
                    break;
                case WireUpKind.Goodbye or WireUpKind.Failed or WireUpKind.FailedAfterOther or WireUpKind.Abort:
                    _report(message with { Rank = rank.Number });
                    break;
                case WireUpKind.State:
                    if (message.Number != 0)
                        rank.OwesState = false;
                    _report(message with { Rank = rank.Number });
                    break;
                default:
                    return;         // no rank says this
            }
        }
    }

    private static void Run(string name, ThreadStart body) => new Thread(body, StackBytes) { IsBackground = true, Name = name }.Start();

    /// <summary>A rank that has joined.</summary>
    private sealed record Rank(int Number, WireUpChannel Channel)
    {
        private volatile bool _owesState;

        /// <summary>It has been asked for its state, and has not answered.</summary>
        public bool OwesState
        {
            get => _owesState;
            set => _owesState = value;
        }

        /// <summary>Set when nothing more can come from it.</summary>
        public ManualResetEventSlim Ended { get; } = new();
    }
}
