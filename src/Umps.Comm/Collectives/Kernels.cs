using System;
using System.Numerics;
using System.Numerics.Tensors;

namespace Umps.Collectives;

/// <summary>Sum.</summary>
internal readonly struct SumKernel<T> : IKernel<T>
    where T : unmanaged, IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
{
    public static void Combine(ReadOnlySpan<T> lower, ReadOnlySpan<T> higher, Span<T> result) => TensorPrimitives.Add(lower, higher, result);
}

/// <summary>Product.</summary>
internal readonly struct ProdKernel<T> : IKernel<T>
    where T : unmanaged, IMultiplyOperators<T, T, T>, IMultiplicativeIdentity<T, T>
{
    public static void Combine(ReadOnlySpan<T> lower, ReadOnlySpan<T> higher, Span<T> result) => TensorPrimitives.Multiply(lower, higher, result);
}

/// <summary>Minimum; NaN wins.</summary>
internal readonly struct MinKernel<T> : IKernel<T>
    where T : unmanaged, INumber<T>
{
    public static void Combine(ReadOnlySpan<T> lower, ReadOnlySpan<T> higher, Span<T> result) => TensorPrimitives.Min(lower, higher, result);
}

/// <summary>Maximum; NaN wins.</summary>
internal readonly struct MaxKernel<T> : IKernel<T>
    where T : unmanaged, INumber<T>
{
    public static void Combine(ReadOnlySpan<T> lower, ReadOnlySpan<T> higher, Span<T> result) => TensorPrimitives.Max(lower, higher, result);
}

/// <summary>And of each bit.</summary>
internal readonly struct BandKernel<T> : IKernel<T>
    where T : unmanaged, IBitwiseOperators<T, T, T>
{
    public static void Combine(ReadOnlySpan<T> lower, ReadOnlySpan<T> higher, Span<T> result) => TensorPrimitives.BitwiseAnd(lower, higher, result);
}

/// <summary>Or of each bit.</summary>
internal readonly struct BorKernel<T> : IKernel<T>
    where T : unmanaged, IBitwiseOperators<T, T, T>
{
    public static void Combine(ReadOnlySpan<T> lower, ReadOnlySpan<T> higher, Span<T> result) => TensorPrimitives.BitwiseOr(lower, higher, result);
}

/// <summary>Exclusive or of each bit.</summary>
internal readonly struct BxorKernel<T> : IKernel<T>
    where T : unmanaged, IBitwiseOperators<T, T, T>
{
    public static void Combine(ReadOnlySpan<T> lower, ReadOnlySpan<T> higher, Span<T> result) => TensorPrimitives.Xor(lower, higher, result);
}

/// <summary>Logical and: what is not 0 is true, the result is 0 or 1.</summary>
internal readonly struct LandKernel<T> : IKernel<T>
    where T : unmanaged, INumberBase<T>
{
    public static void Combine(ReadOnlySpan<T> lower, ReadOnlySpan<T> higher, Span<T> result)
    {
        for (int i = 0; i < result.Length; i++)
            result[i] = T.IsZero(lower[i]) || T.IsZero(higher[i]) ? T.Zero : T.One;
    }
}

/// <summary>Logical or: what is not 0 is true, the result is 0 or 1.</summary>
internal readonly struct LorKernel<T> : IKernel<T>
    where T : unmanaged, INumberBase<T>
{
    public static void Combine(ReadOnlySpan<T> lower, ReadOnlySpan<T> higher, Span<T> result)
    {
        for (int i = 0; i < result.Length; i++)
            result[i] = T.IsZero(lower[i]) && T.IsZero(higher[i]) ? T.Zero : T.One;
    }
}

/// <summary>Logical exclusive or: what is not 0 is true, the result is 0 or 1.</summary>
internal readonly struct LxorKernel<T> : IKernel<T>
    where T : unmanaged, INumberBase<T>
{
    public static void Combine(ReadOnlySpan<T> lower, ReadOnlySpan<T> higher, Span<T> result)
    {
        for (int i = 0; i < result.Length; i++)
            result[i] = T.IsZero(lower[i]) == T.IsZero(higher[i]) ? T.Zero : T.One;
    }
}

/// <summary>The smaller value and where it is.</summary>
internal readonly struct MinLocKernel<T> : IKernel<ValueLoc<T>>
    where T : unmanaged, INumber<T>
{
    public static void Combine(ReadOnlySpan<ValueLoc<T>> lower, ReadOnlySpan<ValueLoc<T>> higher, Span<ValueLoc<T>> result)
    {
        for (int i = 0; i < result.Length; i++)
            result[i] = Location.Choose(lower[i], higher[i], lower[i].Value < higher[i].Value);
    }
}

/// <summary>The larger value and where it is.</summary>
internal readonly struct MaxLocKernel<T> : IKernel<ValueLoc<T>>
    where T : unmanaged, INumber<T>
{
    public static void Combine(ReadOnlySpan<ValueLoc<T>> lower, ReadOnlySpan<ValueLoc<T>> higher, Span<ValueLoc<T>> result)
    {
        for (int i = 0; i < result.Length; i++)
            result[i] = Location.Choose(lower[i], higher[i], lower[i].Value > higher[i].Value);
    }
}

/// <summary>What the two locating kernels share.</summary>
internal static class Location
{
    /// <summary>The better of two; NaN beats every number, so that it is found; the lower location among equals.</summary>
    public static ValueLoc<T> Choose<T>(in ValueLoc<T> a, in ValueLoc<T> b, bool firstIsBetter)
        where T : unmanaged, INumber<T>
    {
        if (a.Value == b.Value || (T.IsNaN(a.Value) && T.IsNaN(b.Value)))
            return a.Location <= b.Location ? a : b;
        return T.IsNaN(a.Value) || (firstIsBetter && !T.IsNaN(b.Value)) ? a : b;
    }
}
