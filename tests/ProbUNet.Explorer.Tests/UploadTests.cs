using System.Net;
using System.Text;
using ProbUNet.Models.Sources.Files;

namespace ProbUNet.Explorer.Tests;

/// <summary>Images from the browser: looked at before memory is taken, kept in memory only.</summary>
public sealed class UploadTests
{
    [Fact]
    public async Task AnImage_IsKeptUnderANameOfOurOwn_AndExplored()
    {
        await using var server = await Explorers.Start();
        using var client = server.Client();
        var png = Explorers.Png(32, 32);
        var (first, second) = (await Id(client, png), await Id(client, png));
        Assert.Matches("^u[0-9a-f]{32}$", first);
        Assert.NotEqual(first, second);
        Assert.Equal(PngFile.Decode("sent", png).Levels, Grey(await client.GetByteArrayAsync($"/api/images/{first}/picture")));
        Assert.Equal(0, (await (await client.GetAsync($"/api/images/{first}")).Json()).GetProperty("graders").GetArrayLength());
        Assert.Equal(HttpStatusCode.OK, (await client.Decode([0, 0, 0], first)).StatusCode);
    }

    [Fact]
    public async Task OfALargerImage_TheMiddleIsCutOut_AndSaid()
    {
        await using var server = await Explorers.Start();
        using var client = server.Client();
        using var response = await client.Upload(Explorers.Png(40, 50));
        var answer = await response.Json();
        Assert.Equal((HttpStatusCode.Created, "The middle 32x32 pixels of 40x50 are shown: the network takes no more."), (response.StatusCode, answer.GetProperty("note").GetString()));
        var middle = PngFile.Decode("sent", Explorers.Png(40, 50)).CropCenter(32, 32);
        Assert.Equal(middle.Levels, Grey(await client.GetByteArrayAsync($"/api/images/{answer.GetProperty("id").GetString()}/picture")));
    }

    [Fact]
    public async Task TheOldest_MakesRoom()
    {
        await using var server = await Explorers.Start(new() { UploadsKept = 2 });
        using var client = server.Client();
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Add(await Id(client, Explorers.Png(32, 32)));
        await client.GetAsync($"/api/images/{ids[0]}").IsRefused(HttpStatusCode.NotFound);
        Assert.All(ids.Skip(1), id => Assert.NotNull(server.Images.Find(id)));
        Assert.Equal(2, server.Images.Uploads);
    }

    [Fact]
    public async Task WhatIsNoImageForTheNetwork_IsRefused_AndNothingIsKept()
    {
        await using var server = await Explorers.Start(new() { MostPixels = 10_000, LargestUpload = 1 << 20 });
        using var client = server.Client();
        var png = Explorers.Png(32, 32);
        Assert.Equal("The image: the file is empty; choose another.", await client.Upload([]).IsRefused(HttpStatusCode.BadRequest));
        Assert.StartsWith("The image: this is not a PNG file", await client.Upload(Encoding.ASCII.GetBytes("<svg onload='alert(1)'/>".PadRight(400))).IsRefused(HttpStatusCode.BadRequest));
        Assert.Equal("The image: the file is cut off; copy it again from where it came.", await client.Upload(png[..^30]).IsRefused(HttpStatusCode.BadRequest));
        Assert.StartsWith("The image: the image has 16 rows and 40 columns and the network takes 32x32; take a larger image", await client.Upload(Explorers.Png(16, 40)).IsRefused(HttpStatusCode.BadRequest));
        Assert.StartsWith("The image: it has 101 rows and 100 columns, and at most 10000 pixels are taken", await client.Upload(Explorers.Png(101, 100)).IsRefused(HttpStatusCode.BadRequest));
        await client.Upload(png, "image/jpeg").IsRefused(HttpStatusCode.UnsupportedMediaType);
        Assert.StartsWith("The image: it has more than the 1 MB", await client.Upload(new byte[(1 << 20) + 1]).IsRefused(HttpStatusCode.RequestEntityTooLarge));
        png[60] ^= 0x55;
        await client.Upload(png).IsRefused(HttpStatusCode.BadRequest);
        Assert.Equal(0, server.Images.Uploads);
        Assert.Equal(HttpStatusCode.Created, (await client.Upload(Explorers.Png(32, 32))).StatusCode);
    }

    [Fact]
    public async Task AnImageOfUnknownLength_IsReadToTheBoundAndNoFurther()
    {
        await using var server = await Explorers.Start(new() { LargestUpload = 1 << 16 });
        using var client = server.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/images") { Content = new StreamContent(new MemoryStream([.. Explorers.Png(32, 32), .. new byte[1 << 18]])) };
        request.Content.Headers.ContentType = new("image/png");
        request.Headers.TransferEncodingChunked = true;
        await client.SendAsync(request).IsRefused(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task NoImage_IsWrittenToDisk()
    {
        var folder = Directory.CreateTempSubdirectory("probunet-").FullName;
        var (before, temporary) = (Directory.GetCurrentDirectory(), Environment.GetEnvironmentVariable("TMPDIR"));
        try
        {
            Directory.SetCurrentDirectory(folder);
            Environment.SetEnvironmentVariable("TMPDIR", folder);
            await using var server = await Explorers.Start();
            using var client = server.Client();
            await Id(client, Explorers.Png(300, 300));
            Assert.Empty(Directory.GetFileSystemEntries(folder));
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
            Environment.SetEnvironmentVariable("TMPDIR", temporary);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> Id(HttpClient client, byte[] png)
    {
        using var response = await client.Upload(png);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await response.Json()).GetProperty("id").GetString()!;
    }

    /// <summary>The levels of a grey picture, whatever its file's form.</summary>
    private static byte[] Grey(byte[] png) => PngFile.Decode("picture", png).Grey.Levels;
}
