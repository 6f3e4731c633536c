using System;
using System.Collections.Generic;
using System.IO;

namespace Umps.WireUp;

/// <summary>Lists in the bodies of messages: a count, then the elements.</summary>
internal static class BodyFormat
{
    /// <summary>Reads a body with a function that reads its parts in their order.</summary>
    /// <exception cref="WireUpException">UMPS1203: it ends early, or a count is out of range.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> body, Func<BinaryReader, T> read)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(body.ToArray()));
            return read(reader);
        }
        catch (Exception cause) when (cause is EndOfStreamException or InvalidDataException or FormatException)
        {
            throw new WireUpException(ErrorId.Malformed, $"wire-up: a message ends in its middle ({cause.Message}). All must be of the same version.", cause);
        }
    }

    public static void WriteNumbers(this BinaryWriter writer, IReadOnlyList<int> numbers)
    {
        writer.Write(numbers.Count);
        foreach (int number in numbers)
            writer.Write(number);
    }

    public static int[] ReadNumbers(this BinaryReader reader)
    {
        int[] numbers = new int[reader.ReadCount(4)];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = reader.ReadInt32();
        return numbers;
    }

    public static void WriteTexts(this BinaryWriter writer, IReadOnlyList<string> texts)
    {
        writer.Write(texts.Count);
        foreach (string text in texts)
            writer.Write(text);
    }

    public static string[] ReadTexts(this BinaryReader reader)
    {
        string[] texts = new string[reader.ReadCount(1)];
        for (int i = 0; i < texts.Length; i++)
            texts[i] = reader.ReadString();
        return texts;
    }

    public static void WritePairs(this BinaryWriter writer, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        writer.Write(pairs.Count);
        foreach ((string key, string value) in pairs)
        {
            writer.Write(key);
            writer.Write(value);
        }
    }

    public static KeyValuePair<string, string>[] ReadPairs(this BinaryReader reader)
    {
        var pairs = new KeyValuePair<string, string>[reader.ReadCount(2)];
        for (int i = 0; i < pairs.Length; i++)
            pairs[i] = new(reader.ReadString(), reader.ReadString());
        return pairs;
    }

    public static void WriteBytes(this BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    public static byte[] ReadByteArray(this BinaryReader reader) => reader.ReadBytes(reader.ReadCount(1));

    // A count is believed only as far as the bytes reach.
    private static int ReadCount(this BinaryReader reader, int elementBytesMin)
    {
        int count = reader.ReadInt32();
        long left = reader.BaseStream.Length - reader.BaseStream.Position;
        return count >= 0 && count <= left / elementBytesMin ? count : throw new InvalidDataException($"a count of {count}, with {left} bytes left");
    }
}
