using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Umps.Requests;

/// <summary>The operations of one rank: rented without allocation once the pool has grown to what the program has under way at once.</summary>
/// <remarks>Entered with the gate held. States are found by slot, so that a control message can name one by a number (its cookie).</remarks>
internal sealed class RequestPool(RankCore core)
{
    private RequestState[] _states = new RequestState[16];
    private int[] _free = new int[16];
    private int _freeCount;
    private int _count;

    /// <summary>All states ever made; those in phase Free are in the pool.</summary>
    public ReadOnlySpan<RequestState> States => _states.AsSpan(0, _count);

    /// <summary>Operations rented now.</summary>
    public int Rented => _count - _freeCount;

    /// <summary>Rents a state, active.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RequestState Rent(OperationKind kind)
    {
        RequestState state = _freeCount > 0 ? _states[_free[--_freeCount]] : Grow();
        Debug.Assert(state.Phase == RequestPhase.Free, "a state is rented once");
        state.Kind = kind;
        state.Phase = RequestPhase.Active;
        return state;
    }

    /// <summary>Takes a state back: the generation goes up, so that what still names it names nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Return(RequestState state)
    {
        Debug.Assert(state.Phase != RequestPhase.Free, "a state goes back once");
        if (!state.IsPlain || state.Error is not null || state.Waiter is not null)
            Clear(state);
        state.IsPlain = false;
        state.NonBlocking = false;
        state.Generation = state.Generation == int.MaxValue ? 1 : state.Generation + 1;
        state.Phase = RequestPhase.Free;
        _free[_freeCount++] = state.Slot;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Clear(RequestState state)
    {
        state.Pin.Release();
        state.Synchronous = false;
        state.Rented = null;
        state.TakesLoan = false;
        state.Loan = null;
        state.LoanReceipt = null;
        state.Buffer = default;
        state.Error = null;
        state.Waiter = null;
        state.NextOut = null;
        state.MovedBytes = 0;
        state.Step = default;
    }

    /// <summary>The active operation a control message names; null when there is none by that name.</summary>
    public RequestState? Find(ulong cookie)
    {
        uint slot = (uint)cookie;
        if (slot >= (uint)_count)
            return null;
        RequestState state = _states[slot];
        return state.Generation == (int)(cookie >> 32) && state.Phase == RequestPhase.Active ? state : null;
    }

    private RequestState Grow()
    {
        if (_count == _states.Length)
        {
            Array.Resize(ref _states, _count * 2);
            Array.Resize(ref _free, _count * 2);
        }
        var state = new RequestState(core, _count);
        _states[_count++] = state;
        return state;
    }
}
