using System;

namespace Umps.Transport.Agents.Link;

/// <summary>What a frame's sequence says of it.</summary>
internal enum FramePlace
{
    /// <summary>The one that is waited for.</summary>
    Next,

    /// <summary>It came before others that are missing.</summary>
    Early,

    /// <summary>It has been here before.</summary>
    Repeated,

    /// <summary>No sender sends it now.</summary>
    Outside,
}

/// <summary>The receiving half of reliability from one peer: which frame is next, and those that came before their time.</summary>
internal sealed unsafe class ReceiveWindow
{
    private const uint Mask = SendWindow.FramesMax - 1;

    private readonly KeptFrame[] _kept = new KeptFrame[SendWindow.FramesMax];

    /// <summary>The frame that is waited for: all before it have been delivered.</summary>
    public uint Expected { get; private set; }

    /// <summary>Frames that are kept.</summary>
    public int Kept { get; private set; }

    /// <summary>Where a frame stands.</summary>
    public FramePlace PlaceOf(uint sequence)
    {
        int ahead = (int)(sequence - Expected);
        return ahead == 0 ? FramePlace.Next
            : ahead < 0 ? (ahead >= -SendWindow.FramesMax ? FramePlace.Repeated : FramePlace.Outside)
            : ahead >= SendWindow.FramesMax ? FramePlace.Outside
            : _kept[sequence & Mask].Bytes != null ? FramePlace.Repeated : FramePlace.Early;
    }

    /// <summary>The frame that was waited for is here.</summary>
    public void Advance() => Expected++;

    /// <summary>Keeps a frame that came early.</summary>
    public void Keep(uint sequence, byte* bytes, int lengthBytes, int token)
    {
        _kept[sequence & Mask] = new KeptFrame { Bytes = bytes, LengthBytes = lengthBytes, Token = token };
        Kept++;
    }

    /// <summary>Takes the frame that is waited for now, if it has been kept.</summary>
    public bool TryTakeKept(out KeptFrame frame)
    {
        ref KeptFrame place = ref _kept[Expected & Mask];
        frame = place;
        if (Kept == 0 || place.Bytes == null)
            return false;
        place = default;
        Kept--;
        Expected++;
        return true;
    }

    /// <summary>Writes which frames behind <see cref="Expected"/> are here: bit 0 is the one after it.</summary>
    /// <returns>Words that are not zero at the end.</returns>
    public int WriteBitmap(Span<ulong> words)
    {
        words.Clear();
        int left = Kept, last = -1;
        for (uint i = 0; left > 0 && i < SendWindow.FramesMax - 1; i++)
        {
            if (_kept[(Expected + 1 + i) & Mask].Bytes == null)
                continue;
            last = (int)i / 64;
            words[last] |= 1ul << (int)(i % 64);
            left--;
        }
        return last + 1;
    }

    /// <summary>The peer is gone: takes back one kept frame after the other.</summary>
    public bool TryDrop(out int token)
    {
        token = 0;
        if (Kept == 0)
            return false;
        uint at = 0;
        while (_kept[at].Bytes == null)
            at++;
        token = _kept[at].Token;
        _kept[at] = default;
        Kept--;
        return true;
    }

    internal struct KeptFrame
    {
        public byte* Bytes;
        public int LengthBytes;
        public int Token;
    }
}
