// Encodes pixels, or the coefficients of a JPEG, by libjxl. Called from lib.rs alone; the layouts of
// `Picture` and `Target` are repeated there.

#include <jxl/encode.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

// Bytes of output that are asked for at a time.
constexpr size_t kChunk = size_t{1} << 16;

// What failed outside of the encoder.
constexpr int32_t kNoEncoder = -1;

struct Encoder {
  JxlEncoder* encoder = JxlEncoderCreate(nullptr);
  ~Encoder() { JxlEncoderDestroy(encoder); }
};

}  // namespace

extern "C" {

struct Picture {
  uint32_t width;
  uint32_t height;
  uint32_t frames;
  // 1 or 3, and an alpha channel.
  uint32_t channels;
  // Bits that the file stores; samples are of 16 bits where these are more than 8.
  uint32_t bits;
  const void* samples;
  size_t sample_bytes;
  // An ICC profile; without one the colours are sRGB's, or Display P3's.
  const uint8_t* profile;
  size_t profile_bytes;
  uint32_t is_display_p3;
  // Milliseconds of each frame, where there are several.
  const uint32_t* delays;
  uint32_t repeats;
  uint32_t effort;
  uint32_t is_lossless;
  float distance;
};

struct Target {
  void* bytes;
  void (*append)(void* bytes, const uint8_t* data, size_t count);
};

}  // extern "C"

namespace {

int32_t Failure(JxlEncoder* encoder) {
  const int32_t error = JxlEncoderGetError(encoder);
  return error == 0 ? JXL_ENC_ERR_GENERIC : error;
}

int32_t Finish(JxlEncoder* encoder, const Target& target) {
  std::vector<uint8_t> chunk(kChunk);
  for (;;) {
    uint8_t* next = chunk.data();
    size_t left = chunk.size();
    const JxlEncoderStatus status = JxlEncoderProcessOutput(encoder, &next, &left);
    target.append(target.bytes, chunk.data(), chunk.size() - left);
    if (status == JXL_ENC_SUCCESS) return 0;
    if (status != JXL_ENC_NEED_MORE_OUTPUT) return Failure(encoder);
  }
}

bool SetColors(JxlEncoder* encoder, const Picture& picture, bool is_grey) {
  if (picture.profile_bytes > 0) {
    return JxlEncoderSetICCProfile(encoder, picture.profile, picture.profile_bytes) ==
           JXL_ENC_SUCCESS;
  }
  JxlColorEncoding colors = {};
  JxlColorEncodingSetToSRGB(&colors, is_grey ? JXL_TRUE : JXL_FALSE);
  if (picture.is_display_p3 != 0 && !is_grey) colors.primaries = JXL_PRIMARIES_P3;
  colors.rendering_intent = JXL_RENDERING_INTENT_RELATIVE;
  return JxlEncoderSetColorEncoding(encoder, &colors) == JXL_ENC_SUCCESS;
}

bool SetInfo(JxlEncoder* encoder, const Picture& picture, bool is_grey, bool has_alpha) {
  JxlBasicInfo info;
  JxlEncoderInitBasicInfo(&info);
  info.xsize = picture.width;
  info.ysize = picture.height;
  info.bits_per_sample = picture.bits;
  info.num_color_channels = is_grey ? 1 : 3;
  info.num_extra_channels = has_alpha ? 1 : 0;
  info.alpha_bits = has_alpha ? picture.bits : 0;
  info.uses_original_profile = picture.is_lossless != 0 ? JXL_TRUE : JXL_FALSE;
  if (picture.frames > 1) {
    info.have_animation = JXL_TRUE;
    info.animation.tps_numerator = 1000;
    info.animation.tps_denominator = 1;
    info.animation.num_loops = picture.repeats;
  }
  if (JxlEncoderSetBasicInfo(encoder, &info) != JXL_ENC_SUCCESS) return false;
  const int level = JxlEncoderGetRequiredCodestreamLevel(encoder);
  return level < 10 || JxlEncoderSetCodestreamLevel(encoder, level) == JXL_ENC_SUCCESS;
}

bool AddFrames(JxlEncoder* encoder, const Picture& picture) {
  JxlEncoderFrameSettings* settings = JxlEncoderFrameSettingsCreate(encoder, nullptr);
  if (settings == nullptr) return false;
  bool ok = JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_EFFORT,
                                             picture.effort) == JXL_ENC_SUCCESS;
  if (picture.is_lossless != 0) {
    ok = ok && JxlEncoderSetFrameLossless(settings, JXL_TRUE) == JXL_ENC_SUCCESS;
  } else {
    ok = ok && JxlEncoderSetFrameDistance(settings, picture.distance) == JXL_ENC_SUCCESS;
  }
  const JxlPixelFormat format = {picture.channels,
                                 picture.bits > 8 ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8,
                                 JXL_NATIVE_ENDIAN, 0};
  const size_t frame_bytes = picture.sample_bytes / picture.frames;
  const uint8_t* samples = static_cast<const uint8_t*>(picture.samples);
  for (uint32_t frame = 0; ok && frame < picture.frames; ++frame) {
    if (picture.frames > 1) {
      JxlFrameHeader header;
      JxlEncoderInitFrameHeader(&header);
      header.duration = picture.delays[frame];
      ok = JxlEncoderSetFrameHeader(settings, &header) == JXL_ENC_SUCCESS;
    }
    ok = ok && JxlEncoderAddImageFrame(settings, &format, samples + frame * frame_bytes,
                                       frame_bytes) == JXL_ENC_SUCCESS;
  }
  return ok;
}

}  // namespace

extern "C" {

int32_t cropmark_jxl_encode(const Picture* picture, const Target* target) {
  const Encoder owner;
  JxlEncoder* encoder = owner.encoder;
  if (encoder == nullptr) return kNoEncoder;
  const bool is_grey = picture->channels < 3;
  const bool has_alpha = picture->channels % 2 == 0;
  if (!SetInfo(encoder, *picture, is_grey, has_alpha) || !SetColors(encoder, *picture, is_grey) ||
      !AddFrames(encoder, *picture)) {
    return Failure(encoder);
  }
  JxlEncoderCloseInput(encoder);
  return Finish(encoder, *target);
}

int32_t cropmark_jxl_transcode(const uint8_t* jpeg, size_t bytes, uint32_t effort,
                               const Target* target) {
  const Encoder owner;
  JxlEncoder* encoder = owner.encoder;
  if (encoder == nullptr) return kNoEncoder;
  JxlEncoderFrameSettings* settings = JxlEncoderFrameSettingsCreate(encoder, nullptr);
  if (settings == nullptr ||
      JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_EFFORT, effort) !=
          JXL_ENC_SUCCESS ||
      JxlEncoderStoreJPEGMetadata(encoder, JXL_TRUE) != JXL_ENC_SUCCESS ||
      JxlEncoderAddJPEGFrame(settings, jpeg, bytes) != JXL_ENC_SUCCESS) {
    return Failure(encoder);
  }
  JxlEncoderCloseInput(encoder);
  return Finish(encoder, *target);
}

float cropmark_jxl_distance(float quality) { return JxlEncoderDistanceFromQuality(quality); }

uint32_t cropmark_jxl_version() { return JxlEncoderVersion(); }

}  // extern "C"
