using System;
using MessagePack;
using MessagePack.Formatters;
using Umps.Buffers;

namespace Umps.Objects;

/// <summary>Arrays of doubles, as MessagePack writes them: nine bytes each, but a piece of the array at a time instead of a call a number.</summary>
internal sealed class DoubleArrayFormatter : IMessagePackFormatter<double[]?>
{
    private const int NumbersAPiece = 4096;

    /// <inheritdoc/>
    public void Serialize(ref MessagePackWriter writer, double[]? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(value.Length);
        for (int first = 0; first < value.Length; first += NumbersAPiece)
        {
            ReadOnlySpan<double> piece = value.AsSpan(first, Math.Min(NumbersAPiece, value.Length - first));
            int bytes = piece.Length * PackedNumbers.DoubleBytes;
            PackedNumbers.Write(piece, writer.GetSpan(bytes));
            writer.Advance(bytes);
        }
    }

    /// <inheritdoc/>
    public double[]? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        double[] numbers = new double[reader.ReadArrayHeader()];
        long bytes = (long)numbers.Length * PackedNumbers.DoubleBytes;
        ReadOnlySpan<byte> here = reader.Sequence.Slice(reader.Position).FirstSpan;
        if (here.Length >= bytes && PackedNumbers.TryRead(here[..(int)bytes], numbers))
        {
            reader.ReadRaw(bytes);
            return numbers;
        }

        // In pieces, or written by another as other kinds of numbers.
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = reader.ReadDouble();
        return numbers;
    }
}
