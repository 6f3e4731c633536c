using System;
using System.Collections.Generic;
using Umps.Requests;
using Umps.Transport;

namespace Umps.Protocols;

/// <summary>What a sender that waits does for the receivers that copy out of its memory: it copies, too, from the messages' ends.</summary>
internal sealed partial class SendEngine
{
    /// <summary>How long a failing rank waits for a peer's copy out of its buffers.</summary>
    private static readonly TimeSpan s_closePatience = TimeSpan.FromMilliseconds(50);

    private readonly List<PeerChannel> _announcing = [];    // of this node, with messages announced and not answered

    /// <summary>True when a peer of the node may be copying out of this rank's memory.</summary>
    public bool HasAnnounced => _announcing.Count > 0;

    /// <summary>A chunk for each peer that copies.</summary>
    /// <returns>How many.</returns>
    public int Help()
    {
        int done = 0;
        for (int i = 0; i < _announcing.Count; i++)
        {
            if (!_endpoint.TryFindOffer(_announcing[i].Endpoint, out TransferOffer offer))
                continue;
            RequestState? send = core.Requests.Find(offer.SenderCookie);
            if (send is { Kind: OperationKind.Send, Step: TransferStep.Announced } && send.Peer == offer.Peer && offer.LengthBytes <= send.Buffer.LengthBytes)
                done += _endpoint.CopyShare(in offer, send.Buffer.Fixed()) ? 1 : 0;
            else
                _endpoint.SkipOffer(in offer);
        }
        return done;
    }

    /// <summary>Everything fails: no rank of this process may copy out of a buffer any more. (Another process only reads what is there then.)</summary>
    public void Close()
    {
        foreach (PeerChannel peer in _announcing)
            _endpoint.WithdrawOffers(peer.Endpoint, s_closePatience);
    }

    private void NoteAnnounced(PeerChannel peer)
    {
        if (peer.IsOnNode && peer.Announced++ == 0)
            _announcing.Add(peer);
    }

    private void NoteAnswered(PeerChannel peer)
    {
        if (peer.IsOnNode && --peer.Announced == 0)
            _announcing.Remove(peer);
    }

    private void ForgetAnnounced(PeerChannel peer)
    {
        peer.Announced = 0;
        _announcing.Remove(peer);
    }
}
