using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Threading;
using Umps.Transport.Interop;
using Umps.Transport.Polling;
using Umps.Transport.Pool;

namespace Umps.Transport.Boards;

/// <summary>One member's hold of a board: writes its lines, reads the others', counts itself in, releases.</summary>
/// <remarks>
/// Entered by one thread at a time (<see cref="TryEnter"/>), without the endpoint's owner: it touches nothing of the endpoint. The calls of a group have numbers, 1, 2, 3…, the same
/// on every member.
/// <code>
///  member a                                             member b
///  fill line n and payload                              line n of a reached? (A1) read line and payload of a
///  release Sequence = n (R1), then look whom to ring    release Done = n (R2)
///  before call n + 8 (or n + 2, with a payload):
///  Done of all ≥ n (A2): nobody reads it any more
/// </code>
/// Central: each adds one to the arrivals of call n, and a hash of what it calls; the interlocked add orders its line before the count. The last resets the count, works, and
/// releases Sequence = n on the release line (R3); the others acquire it (A3). A release is seen by all before the next, for the next needs all to have arrived again.
/// Whoever sleeps was armed before it looked the last time, and who writes looks at the doorbells after (Doorbell); only a member that wants room is not rung with that care: it
/// looks again by itself after a millisecond.
/// </remarks>
internal sealed unsafe class Board
{
    /// <summary>Payload that travels in the line itself.</summary>
    public const int InlineBytesMax = BoardLine.InlineBytesMax;

    /// <summary>The longest payload a member brings.</summary>
    public const int PayloadBytesMax = BoardLayout.PayloadBytesMax;

    private const ulong CountMask = 0xffff;
    /// <summary>Members that meet flat at most.</summary>
    public const int FlatMembersMax = 8;       // each reads all lines: with more of them a count is better
    private const int ReadsBeforePause = 64;
    private const int YieldsMax = 48;           // each rank runs once or twice a call
    private const int YieldsAtOnce = 8;         // without a look at the clock
    private const int PausesMax = 64;           // some 2 µs: as long as a call lasts where every member has a processor

    private static readonly long s_yieldTicksMax = Stopwatch.Frequency / 1000;      // 1 ms, for all the yields of a wait

    private readonly NodeMapping _memory;
    private readonly byte* _board;
    private readonly long _boardOffset;
    private readonly byte* _payloads;
    private readonly BoardHead* _head;
    private readonly nint[] _doorbells;         // DoorbellLine by member; 0: the member itself
    private readonly int[] _eventDescriptors;
    private readonly ulong* _ownDone;
    private readonly bool _sharesProcessors;
    private readonly int _readsBeforePause;     // 1 where waits sleep at once
    private ulong _sequence;                    // of the call under way, or the last
    private ulong _allDone;                     // calls that every member has finished, as far as this one knows
    private bool _isBusy;

    /// <summary>Takes hold of a board that exists.</summary>
    public Board(NodeMapping memory, long boardOffset, ReadOnlySpan<int> locals, int own, bool neverSpins)
    {
        _readsBeforePause = neverSpins ? 1 : ReadsBeforePause;
        _memory = memory;
        _boardOffset = boardOffset;
        _board = memory.At(boardOffset);
        _head = (BoardHead*)_board;
        _payloads = _board + memory.Layout.Boards.Payload(0);
        Members = locals.Length;
        Own = own;
        _doorbells = new nint[locals.Length];
        _eventDescriptors = new int[locals.Length];
        for (int member = 0; member < locals.Length; member++)
        {
            _doorbells[member] = member == own ? 0 : (nint)memory.At(memory.Layout.Control(locals[member]));
            _eventDescriptors[member] = memory.EventDescriptors[locals[member]];
        }
        _ownDone = Done(own);
        _sharesProcessors = memory.Layout.Ranks > NodeProcessors.Count(memory.Header->Processors);
        BoardShape shape = Members > 2 && (Members > FlatMembersMax || _sharesProcessors) ? BoardShape.Central : BoardShape.Flat;
        int said = Interlocked.CompareExchange(ref _head->Shape, (int)shape, (int)BoardShape.Unset);
        IsCentral = (said == (int)BoardShape.Unset ? shape : (BoardShape)said) == BoardShape.Central;
    }

    /// <summary>Members of the group.</summary>
    public int Members { get; }

    /// <summary>The caller among them.</summary>
    public int Own { get; }

    /// <summary>True when the members meet at a count, not at each other's lines.</summary>
    public bool IsCentral { get; }

    /// <summary>True after a call in which members differed: counts and lines are not in step any more.</summary>
    public bool IsBroken { get; set; }

    /// <summary>True once the own payload exists.</summary>
    public bool HasPayload { get; private set; }

    /// <summary>True while a thread is inside a call.</summary>
    public bool IsBusy => Volatile.Read(ref _isBusy);

    /// <summary>Begins a call, of one thread at a time.</summary>
    /// <returns>False when a call is under way already.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnter()
    {
        if (_isBusy)
            return false;
        Volatile.Write(ref _isBusy, true);      // whoever closes the endpoint makes a fence for both, and then looks here
        _sequence++;
        return true;
    }

    /// <summary>Ends the call: nothing of the others is read any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave()
    {
        Volatile.Write(ref *_ownDone, _sequence);       // R2
        if (Volatile.Read(ref _head->Wanted) != 0)
            RingAll();
        Volatile.Write(ref _isBusy, false);
    }

    /// <summary>Ends a call that did not get as far as its line.</summary>
    public void LeaveUnused()
    {
        _sequence--;
        Volatile.Write(ref _isBusy, false);
    }

    /// <summary>Whether line and payload of this call may be written.</summary>
    /// <param name="lengthBytes">Of the payload.</param>
    /// <param name="member">Whom to wait for, if not.</param>
    /// <param name="word">And what for.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasRoom(int lengthBytes, out int member, out BoardWord word)
    {
        ulong depth = lengthBytes > InlineBytesMax ? BoardLayout.PayloadsAMember : (ulong)BoardLayout.LinesACell;
        member = 0;
        word = default;
        return _allDone + depth >= _sequence || HasRoomSlow(_sequence - depth, out member, out word);
    }

    /// <summary>Says, or says no longer, that this member waits for room: others look for it when they finish a call.</summary>
    public void Want(bool wants) => Interlocked.Add(ref _head->Wanted, wants ? 1 : -1);

    /// <summary>Makes the own payload exist, before the first call that needs it.</summary>
    /// <exception cref="UmpsException">UMPS1002.</exception>
    public void PreparePayload()
    {
        long offset = _memory.Layout.Boards.Payload(Own);
        _memory.Allocate(_boardOffset + offset, BoardLayout.MemberPayloadBytes, "a board's payload");
        Linux.Populate(_board + offset, BoardLayout.MemberPayloadBytes);
        HasPayload = true;
    }

    /// <summary>Writes the own line of this call; there is room.</summary>
    /// <param name="what">Which call it is.</param>
    /// <param name="lengthBytes">The length that must agree among the members.</param>
    /// <param name="payload">What the others get to read.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(int what, int lengthBytes, ReadOnlySpan<byte> payload)
    {
        BoardLine* line = Line(Own);
        line->What = what;
        line->LengthBytes = lengthBytes;
        if (!payload.IsEmpty)
            payload.CopyTo(PayloadOf(Own, payload.Length));
        Volatile.Write(ref line->Sequence, _sequence);      // R1
    }

    /// <summary>A member's line of this call.</summary>
    public BoardWord WordOf(int member) => new(&Line(member)->Sequence, _sequence);

    /// <summary>The release of this call.</summary>
    public BoardWord Release => new(&ReleaseLine->Sequence, _sequence);

    /// <summary>What a member calls; its line is there.</summary>
    public int WhatOf(int member) => Line(member)->What;

    /// <summary>And with which length.</summary>
    public int LengthOf(int member) => Line(member)->LengthBytes;

    /// <summary>A member's payload of this call; its line is there.</summary>
    public Span<byte> PayloadOf(int member, int lengthBytes)
    {
        Debug.Assert(lengthBytes <= PayloadBytesMax, "the caller has asked");
        byte* place = lengthBytes <= InlineBytesMax
            ? Line(member)->Payload
            : _payloads + ((long)member * BoardLayout.MemberPayloadBytes) + ((long)(_sequence % BoardLayout.PayloadsAMember) * PayloadBytesMax);
        return new Span<byte>(place, lengthBytes);
    }

    /// <summary>All members have come to this call: so they have finished the one before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AllHaveCome() => _allDone = _sequence - 1;

    /// <summary>Counts the caller in; its line is written.</summary>
    /// <param name="what">As in its line.</param>
    /// <param name="lengthBytes">As in its line.</param>
    /// <param name="agree">For the last: whether all called the same.</param>
    /// <returns>True for the last to come, who releases the others.</returns>
    public bool Arrive(int what, int lengthBytes, out bool agree)
    {
        ulong hash = ((((ulong)(uint)what << 32) | (uint)lengthBytes) * 0x9e37_79b9_7f4a_7c15) >> 16;
        ref ulong arrivals = ref *(ulong*)(_board + BoardHead.ArrivalsOffset + ((int)(_sequence % BoardLayout.LinesACell) * BoardLine.SizeBytes));
        ulong sum = Interlocked.Add(ref arrivals, (hash << 16) | 1);
        agree = true;
        if ((sum & CountMask) != (ulong)Members)
            return false;
        agree = sum >> 16 == ((hash * (ulong)Members) & (ulong.MaxValue >> 16));
        Volatile.Write(ref arrivals, 0);
        return true;
    }

    /// <summary>Releases whoever waits for this call's release.</summary>
    /// <param name="outcome">What they find as <see cref="Outcome"/>.</param>
    /// <param name="result">At most <see cref="InlineBytesMax"/> bytes for all of them.</param>
    public void ReleaseAll(int outcome, ReadOnlySpan<byte> result)
    {
        BoardLine* line = ReleaseLine;
        line->What = outcome;
        if (!result.IsEmpty)
            result.CopyTo(new Span<byte>(line->Payload, InlineBytesMax));
        Volatile.Write(ref line->Sequence, _sequence);      // R3
    }

    /// <summary>What the release says.</summary>
    public int Outcome => ReleaseLine->What;

    /// <summary>The result on the release line.</summary>
    public ReadOnlySpan<byte> Result(int lengthBytes) => new(ReleaseLine->Payload, lengthBytes);

    /// <summary>Wakes those of the others who sleep for arrivals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void RingAll()
    {
        for (int member = 0; member < _doorbells.Length; member++)
            Ring(member);
    }

    /// <summary>Wakes one, if it sleeps for arrivals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ring(int member)
    {
        if (_doorbells[member] is not 0 and nint doorbell)
            Doorbell.RingIfArmed((DoorbellLine*)doorbell, _eventDescriptors[member], control: false);
    }

    /// <summary>Looks at a word for a few dozen nanoseconds: long enough for a line that is on its way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool SpinShort(BoardWord word)
    {
        for (int i = 0; i < _readsBeforePause; i++)
        {
            if (word.IsReached)
                return true;
        }
        return false;
    }

    /// <summary>Looks at a word for as long as a call lasts when nobody computes: two microseconds, or a few yields where ranks share processors.</summary>
    public bool SpinLong(BoardWord word)
    {
        if (_readsBeforePause == 1)
            return word.IsReached;
        if (_sharesProcessors)
            return YieldShort(word);
        for (int i = 0; i < PausesMax; i++)
        {
            if (word.IsReached)
                return true;
            if (X86Base.IsSupported)
                X86Base.Pause();
            else if (ArmBase.IsSupported)
                ArmBase.Yield();
            else
                Thread.SpinWait(1);
        }
        return word.IsReached;
    }

    /// <summary>The first of a member's last lines that does not agree with this member's.</summary>
    /// <param name="member">The member.</param>
    /// <param name="own">What this member called.</param>
    /// <param name="ownLengthBytes">And with which length.</param>
    /// <param name="others">What that one called at the same number.</param>
    /// <param name="othersLengthBytes">And with which length.</param>
    public bool TryFindDifference(int member, out int own, out int ownLengthBytes, out int others, out int othersLengthBytes)
    {
        for (int ago = BoardLayout.LinesACell - 1; ago >= 0; ago--)
        {
            BoardLine* mine = Line(Own, ago), theirs = Line(member, ago);
            ulong sequence = Volatile.Read(ref theirs->Sequence);
            if (sequence == 0 || sequence != mine->Sequence || (theirs->What == mine->What && theirs->LengthBytes == mine->LengthBytes))
                continue;
            (own, ownLengthBytes, others, othersLengthBytes) = (mine->What, mine->LengthBytes, theirs->What, theirs->LengthBytes);
            return true;
        }
        (own, ownLengthBytes, others, othersLengthBytes) = (0, 0, 0, 0);
        return false;
    }

    private BoardLine* ReleaseLine => (BoardLine*)(_board + BoardHead.ReleaseOffset);

    private ulong* Done(int member) => (ulong*)(_board + BoardLayout.Cell(member));

    private BoardLine* Line(int member, int ago = 0) =>
        (BoardLine*)(_board + BoardLayout.Cell(member) + ((1 + (int)((_sequence - (ulong)ago) % BoardLayout.LinesACell)) * BoardLine.SizeBytes));

    /// <summary>A few yields, unless one of them takes so long that somebody computes: then it is the state machine of waiting that knows what to do.</summary>
    private static bool YieldShort(BoardWord word)
    {
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < YieldsMax; i += YieldsAtOnce)
        {
            if (word.YieldForIt(YieldsAtOnce))
                return true;
            if (Stopwatch.GetTimestamp() - began > s_yieldTicksMax)
                break;
        }
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HasRoomSlow(ulong needed, out int member, out BoardWord word)
    {
        ulong all = ulong.MaxValue;
        for (member = 0; member < Members; member++)
        {
            if (member == Own)
                continue;
            ulong done = Volatile.Read(ref *Done(member));      // A2
            if (done < needed)
            {
                word = new BoardWord(Done(member), needed);
                return false;
            }
            all = Math.Min(all, done);
        }
        _allDone = all;
        word = default;
        return true;
    }
}
