using System;

namespace Umps.Launcher;

/// <summary>Makes lines of what comes in pieces.</summary>
internal sealed class LineSplitter
{
    /// <summary>A line without an end is broken here, so that a program which writes none does not fill memory.</summary>
    public const int LineBytesMax = 16 << 20;

    private readonly int _rank;
    private readonly bool _isError;
    private byte[] _begun = [];
    private int _begunBytes;

    /// <summary>Lines of one stream of a rank.</summary>
    public LineSplitter(int rank, bool isError)
    {
        _rank = rank;
        _isError = isError;
    }

    /// <summary>Passes on the lines that the piece completes, and keeps the rest.</summary>
    public void Take(ReadOnlySpan<byte> piece, IOutput output)
    {
        for (int end; (end = piece.IndexOf((byte)'\n')) >= 0; piece = piece[(end + 1)..])
        {
            if (_begunBytes == 0)
            {
                output.Line(_rank, _isError, piece[..end]);
                continue;
            }

            Keep(piece[..end]);
            Flush(output);
        }

        Keep(piece);
        if (_begunBytes >= LineBytesMax)
            Flush(output);
    }

    /// <summary>The stream has ended: what is left is a line too.</summary>
    public void Complete(IOutput output)
    {
        if (_begunBytes > 0)
            Flush(output);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _begun.Length - _begunBytes)
            Array.Resize(ref _begun, Math.Max(_begunBytes + bytes.Length, 2 * _begun.Length));
        bytes.CopyTo(_begun.AsSpan(_begunBytes));
        _begunBytes += bytes.Length;
    }

    private void Flush(IOutput output)
    {
        output.Line(_rank, _isError, _begun.AsSpan(0, _begunBytes));
        _begunBytes = 0;
        if (_begun.Length > 1 << 20)
            _begun = [];
    }
}
