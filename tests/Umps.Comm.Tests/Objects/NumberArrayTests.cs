using System;
using System.Buffers;
using System.Linq;
using MessagePack;
using MessagePack.Resolvers;
using Umps.Objects;
using Umps.Testing;
using Xunit;

namespace Umps.Tests.Objects;

/// <summary>Arrays of numbers are written and read as a whole, and nobody can tell from the bytes.</summary>
public sealed class NumberArrayTests
{
    private static readonly MessagePackSerializerOptions s_theirs = ContractlessStandardResolver.Options;

    [Fact]
    public void Serialize_RandomArrays_BytesAreMessagePacksOwn() => Seeds.Run(random =>
    {
        double[] doubles = Numbers(random, random.Next(20_000));
        float[] floats = [.. doubles.Select(number => (float)number)];

        Assert.Equal(MessagePackSerializer.Serialize(doubles, s_theirs), MessagePackSerializer.Serialize(doubles, ObjectOptions.Default));
        Assert.Equal(MessagePackSerializer.Serialize(floats, s_theirs), MessagePackSerializer.Serialize(floats, ObjectOptions.Default));
    });

    [Fact]
    public void Deserialize_RandomArraysInRandomPieces_SameBits() => Seeds.Run(random =>
    {
        double[] doubles = Numbers(random, random.Next(300));
        float[] floats = [.. doubles.Select(number => (float)number)];

        Assert.Equal(Bits(doubles), Bits(MessagePackSerializer.Deserialize<double[]>(Pieces(MessagePackSerializer.Serialize(doubles, s_theirs), random), ObjectOptions.Default)));
        Assert.Equal(Bits(floats), Bits(MessagePackSerializer.Deserialize<float[]>(Pieces(MessagePackSerializer.Serialize(floats, s_theirs), random), ObjectOptions.Default)));
        Assert.Equal(Bits(doubles), Bits(MessagePackSerializer.Deserialize<double[]>(MessagePackSerializer.Serialize(doubles, s_theirs), ObjectOptions.Default)));
        Assert.Equal(Bits(floats), Bits(MessagePackSerializer.Deserialize<float[]>(MessagePackSerializer.Serialize(floats, s_theirs), ObjectOptions.Default)));
    });

    /// <summary>What another wrote as whole numbers, or as floats, is read one by one.</summary>
    [Fact]
    public void Deserialize_OtherKindsOfNumbers_AreConverted()
    {
        object[] mixed = [1, 2.5, 3.5f, -4L, (byte)5];
        byte[] bytes = MessagePackSerializer.Serialize(mixed, s_theirs);

        Assert.Equal([1, 2.5, 3.5, -4, 5], MessagePackSerializer.Deserialize<double[]>(bytes, ObjectOptions.Default));
        Assert.Equal([1, 2, 3], MessagePackSerializer.Deserialize<float[]>(MessagePackSerializer.Serialize((int[])[1, 2, 3], s_theirs), ObjectOptions.Default));
        // Nine bytes an element, and the first says that it is a double, but the second does not.
        Assert.Equal([1.5, 1L << 40], MessagePackSerializer.Deserialize<double[]>(MessagePackSerializer.Serialize((object[])[1.5, 1L << 40], s_theirs), ObjectOptions.Default));
    }

    [Fact]
    public void Deserialize_NothingAndEmpty_StayWhatTheyAre()
    {
        Assert.Null(MessagePackSerializer.Deserialize<double[]?>(MessagePackSerializer.Serialize<double[]?>(null, ObjectOptions.Default), ObjectOptions.Default));
        Assert.Empty(MessagePackSerializer.Deserialize<float[]>(MessagePackSerializer.Serialize<float[]>([], ObjectOptions.Default), ObjectOptions.Default));
    }

    [Fact]
    public void Deserialize_CutShort_Throws()
    {
        byte[] bytes = MessagePackSerializer.Serialize((double[])[1.5, 2.5, 3.5], ObjectOptions.Default);

        Assert.Throws<MessagePackSerializationException>(() => MessagePackSerializer.Deserialize<double[]>(bytes.AsMemory(0, bytes.Length - 1), ObjectOptions.Default));
        Assert.Throws<MessagePackSerializationException>(() => MessagePackSerializer.Deserialize<double[]>(new byte[] { 0xdd, 0x7f, 0xff, 0xff, 0xff, 0xcb }, ObjectOptions.Default));
    }

    private static double[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64()))];

    private static long[] Bits(double[] numbers) => [.. numbers.Select(BitConverter.DoubleToInt64Bits)];

    private static int[] Bits(float[] numbers) => [.. numbers.Select(BitConverter.SingleToInt32Bits)];

    private static ReadOnlySequence<byte> Pieces(byte[] bytes, Random random)
    {
        Piece first = new(bytes.AsMemory(0, 0), 0), last = first;
        for (int at = 0; at < bytes.Length;)
        {
            int length = Math.Min(random.Next(1, 200), bytes.Length - at);
            last = last.Append(bytes.AsMemory(at, length));
            at += length;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long before) => (Memory, RunningIndex) = (memory, before);

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
