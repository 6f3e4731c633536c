using System;
using Umps.Buffers;

namespace Umps.Collectives;

/// <summary>A loop over elements as a type, so that a reduction is compiled for it and calls nothing indirectly.</summary>
internal interface IKernel<T>
    where T : unmanaged
{
    static abstract void Combine(ReadOnlySpan<T> lower, ReadOnlySpan<T> higher, Span<T> result);
}

/// <summary>A reduction by one of the library's own kernels.</summary>
internal sealed class KernelReduction<T, TKernel>() : Reduction(SpanBytes.SizeOf<T>())
    where T : unmanaged
    where TKernel : IKernel<T>
{
    public override void Combine(ReadOnlySpan<byte> lower, ReadOnlySpan<byte> higher, Span<byte> result) =>
        TKernel.Combine(SpanBytes.As<T>(lower), SpanBytes.As<T>(higher), SpanBytes.As<T>(result));
}

/// <summary>A reduction by a program's function.</summary>
internal sealed class FunctionReduction<T>(Func<T, T, T> function) : Reduction(SpanBytes.SizeOf<T>())
    where T : unmanaged
{
    public override void Combine(ReadOnlySpan<byte> lower, ReadOnlySpan<byte> higher, Span<byte> result)
    {
        ReadOnlySpan<T> first = SpanBytes.As<T>(lower);
        ReadOnlySpan<T> second = SpanBytes.As<T>(higher);
        Span<T> combined = SpanBytes.As<T>(result);
        for (int i = 0; i < combined.Length; i++)
            combined[i] = function(first[i], second[i]);
    }
}
