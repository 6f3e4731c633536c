using System;
using System.Numerics;
using Umps.Buffers;
using Umps.Collectives;
using Xunit;

namespace Umps.Tests.Collectives;

/// <summary>The kernels, without ranks.</summary>
public class ReductionTests
{
    [Fact]
    public void Numbers_SumProdMinMax()
    {
        AssertNumbers<sbyte>();
        AssertNumbers<byte>();
        AssertNumbers<short>();
        AssertNumbers<ushort>();
        AssertNumbers<int>();
        AssertNumbers<uint>();
        AssertNumbers<long>();
        AssertNumbers<ulong>();
        AssertNumbers<nint>();
        AssertNumbers<nuint>();
        AssertNumbers<Int128>();
        AssertNumbers<UInt128>();
        AssertNumbers<char>();
        AssertNumbers<Half>();
        AssertNumbers<float>();
        AssertNumbers<double>();
        AssertNumbers<decimal>();
    }

    [Fact]
    public void Integers_Logic()
    {
        AssertLogic<sbyte>();
        AssertLogic<byte>();
        AssertLogic<short>();
        AssertLogic<ushort>();
        AssertLogic<int>();
        AssertLogic<uint>();
        AssertLogic<long>();
        AssertLogic<ulong>();
        AssertLogic<nint>();
        AssertLogic<nuint>();
        AssertLogic<Int128>();
        AssertLogic<UInt128>();
        AssertLogic<char>();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Bool_Logic(bool a, bool b)
    {
        Assert.Equal(a && b, Combine(OpKind.Land, a, b));
        Assert.Equal(a || b, Combine(OpKind.Lor, a, b));
        Assert.Equal(a != b, Combine(OpKind.Lxor, a, b));
        Assert.Equal(a & b, Combine(OpKind.Band, a, b));
        Assert.Equal(a | b, Combine(OpKind.Bor, a, b));
        Assert.Equal(a ^ b, Combine(OpKind.Bxor, a, b));
        Assert.Null(Reductions<bool>.Of(OpKind.Sum));
        Assert.Null(Reductions<bool>.Of(OpKind.Max));
    }

    [Fact]
    public void Complex_SumAndProductOnly()
    {
        Assert.Equal(new Complex(4, 6), Combine(OpKind.Sum, new Complex(1, 2), new Complex(3, 4)));
        Assert.Equal(new Complex(-5, 10), Combine(OpKind.Prod, new Complex(1, 2), new Complex(3, 4)));
        Assert.Null(Reductions<Complex>.Of(OpKind.Max));
    }

    [Fact]
    public void MinMax_NaNWins_AndZerosAreOrdered()
    {
        Assert.True(double.IsNaN(Combine(OpKind.Max, double.NaN, 1.0)));
        Assert.True(double.IsNaN(Combine(OpKind.Min, 1.0, double.NaN)));
        Assert.False(double.IsNegative(Combine(OpKind.Max, -0.0, 0.0)));
        Assert.True(double.IsNegative(Combine(OpKind.Min, 0.0, -0.0)));
    }

    [Fact]
    public void Locations_BetterValue_ThenLowerLocation_NaNFirst()
    {
        var low = new ValueLoc<double>(1, 5);
        var high = new ValueLoc<double>(2, 7);
        var highEarlier = new ValueLoc<double>(2, 3);
        var nan = new ValueLoc<double>(double.NaN, 9);

        foreach ((ValueLoc<double> a, ValueLoc<double> b, ValueLoc<double> max, ValueLoc<double> min) in
            (ReadOnlySpan<(ValueLoc<double>, ValueLoc<double>, ValueLoc<double>, ValueLoc<double>)>)
            [(low, high, high, low), (high, highEarlier, highEarlier, highEarlier), (nan, high, nan, nan), (nan, nan, nan, nan)])
        {
            Assert.Equal(max, Combine(OpKind.MaxLoc, a, b));
            Assert.Equal(max, Combine(OpKind.MaxLoc, b, a));
            Assert.Equal(min, Combine(OpKind.MinLoc, a, b));
            Assert.Equal(min, Combine(OpKind.MinLoc, b, a));
        }
        Assert.Equal(new ValueLoc<int>(4, 1), Combine(OpKind.MaxLoc, new ValueLoc<int>(4, 1), new ValueLoc<int>(-4, 0)));
        Assert.Equal(new ValueLoc<char>('a', 0), Combine(OpKind.MinLoc, new ValueLoc<char>('b', 1), new ValueLoc<char>('a', 0)));
        Assert.Null(Reductions<ValueLoc<double>>.Of(OpKind.Max));
    }

    [Fact]
    public void Integers_SumWraps()
    {
        Assert.Equal(int.MinValue, Combine(OpKind.Sum, int.MaxValue, 1));
        Assert.Equal((byte)0, Combine(OpKind.Sum, (byte)255, (byte)1));
    }

    /// <summary>Vectors of lengths around those of the machine's, into either operand.</summary>
    [Fact]
    public void Vectors_AnyLength_EveryElement()
    {
        Reduction sum = Reductions<float>.Of(OpKind.Sum)!;
        for (int length = 0; length < 70; length++)
        {
            var mine = new float[length];
            var incoming = new float[length];
            for (int i = 0; i < length; i++)
                (mine[i], incoming[i]) = (i, 1000 * i);

            sum.Combine(SpanBytes.Of(mine.AsSpan()), SpanBytes.Of(incoming.AsSpan()), mineFirst: length % 2 == 0);

            for (int i = 0; i < length; i++)
                Assert.Equal(1001f * i, mine[i]);
        }
    }

    [Fact]
    public void Combine_OperatorThatDoesNotCommute_LowerFirst()
    {
        var reduction = new FunctionReduction<Affine>(Affine.Then);
        var mine = new[] { Affine.Of(1, 0) };
        var incoming = new[] { Affine.Of(0, 0) };

        reduction.Combine(SpanBytes.Of(mine.AsSpan()), SpanBytes.Of(incoming.AsSpan()), mineFirst: false);

        Assert.Equal(Affine.OfAll(2, 0), mine[0]);
    }

    private static void AssertNumbers<T>()
        where T : unmanaged, INumber<T>
    {
        T five = T.CreateChecked(5), seven = T.CreateChecked(7);
        Assert.Equal(T.CreateChecked(12), Combine(OpKind.Sum, five, seven));
        Assert.Equal(T.CreateChecked(35), Combine(OpKind.Prod, five, seven));
        Assert.Equal(five, Combine(OpKind.Min, seven, five));
        Assert.Equal(seven, Combine(OpKind.Max, seven, five));
        Assert.Equal(new ValueLoc<T>(seven, 2), Combine(OpKind.MaxLoc, new ValueLoc<T>(five, 1), new ValueLoc<T>(seven, 2)));
    }

    private static void AssertLogic<T>()
        where T : unmanaged, IBinaryInteger<T>
    {
        T six = T.CreateChecked(6), three = T.CreateChecked(3);
        Assert.Equal(T.CreateChecked(2), Combine(OpKind.Band, six, three));
        Assert.Equal(T.CreateChecked(7), Combine(OpKind.Bor, six, three));
        Assert.Equal(T.CreateChecked(5), Combine(OpKind.Bxor, six, three));
        Assert.Equal(T.One, Combine(OpKind.Land, six, three));
        Assert.Equal(T.Zero, Combine(OpKind.Land, six, T.Zero));
        Assert.Equal(T.One, Combine(OpKind.Lor, T.Zero, three));
        Assert.Equal(T.Zero, Combine(OpKind.Lor, T.Zero, T.Zero));
        Assert.Equal(T.Zero, Combine(OpKind.Lxor, six, three));
        Assert.Equal(T.One, Combine(OpKind.Lxor, six, T.Zero));
    }

    private static T Combine<T>(OpKind kind, T lower, T higher)
        where T : unmanaged
    {
        T result = default;
        Reductions<T>.Of(kind)!.Combine(SpanBytes.Of(ref lower), SpanBytes.Of(ref higher), SpanBytes.Of(ref result));
        return result;
    }
}
