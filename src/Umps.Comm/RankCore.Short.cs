using Umps.Buffers;
using Umps.Matching;
using Umps.Progress;
using Umps.Requests;
using Umps.Transport;

namespace Umps;

/// <summary>The short ways of beginning something: for the thread that keeps the gate, when nothing out of the ordinary is needed.</summary>
/// <remarks>Nothing in here throws, so no frame is prepared for that; <c>ShmAgent.TrySendShort</c> tells what it is for. What they refuse, the ordinary way does, or knows why not.</remarks>
internal sealed partial class RankCore
{
    /// <summary>Sends a message that fits into a ring's slots, if nothing waits before it.</summary>
    /// <returns>False when nothing was sent.</returns>
    public bool TrySendShort(ulong context, int endpoint, int tag, uint typeHash, NativeSpan data)
    {
        if (Gate.TryEnterBiased() is not { } bias)
            return false;
        bool sent = _fault is null && Sends.TryShort(endpoint, context, tag, typeHash, data);
        Gate.LeaveBiased(bias);
        return sent;
    }

    /// <summary>Posts a receive whose message has not come, from a peer that is there.</summary>
    /// <returns>The null request when nothing was posted.</returns>
    public Request TryPost(Comm comm, ulong context, int endpoint, int tag, uint typeHash, int elementBytes, in BufferRef buffer, string call)
    {
        if (endpoint < 0 || Gate.TryEnterBiased() is not { } bias)
            return default;
        Request request = default;
        ContextQueues queues = Matching.QueuesOf(context);
        if (_fault is null && queues.Unexpected.First is null && !HasLostPeers && Progress.TryAddWatched())
        {
            RequestState receive = RentRecv(comm, context, endpoint, tag, typeHash, elementBytes, in buffer, call);
            receive.NonBlocking = true;
            receive.IsPlain = true;
            queues.Posted.Add(receive);
            request = new Request(receive);
        }
        Gate.LeaveBiased(bias);
        return request;
    }
}
